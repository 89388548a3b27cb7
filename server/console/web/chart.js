// A line chart of the last minutes: one series, a scale, and the value under the pointer. uPlot, which
// the page loads before the modules, draws it; here is what to draw and what to say of it.
/* global uPlot */
import {el} from './dom.js';
import {clock} from './format.js';

const MINUTE = 60 * 1000; // milliseconds
const SPANS = [1, 2, 5]; // minutes: the shortest that holds all points is shown
const OUTSIDE = {left: -10, top: -10};

/** A round number at or above `value`, for the top of the scale. */
export function roundUp(value) {
  if (value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  const step = [1, 2, 2.5, 5, 10].find((each) => each * power >= value * 0.999);
  return step * power;
}

/** What is shown of `points`: times and values for uPlot, where the scales end, and the minutes. */
export function shown(points, read) {
  const end = points.length > 0 ? points[points.length - 1].at : Date.now();
  const age = points.length > 0 ? end - points[0].at : 0;
  const minutes = SPANS.find((each) => age <= each * MINUTE) ?? SPANS[SPANS.length - 1];
  const known = points.filter((each) => read(each) !== null);
  const data = [known.map((each) => each.at), known.map((each) => read(each))];
  return {data, minutes, begin: end - minutes * MINUTE, end, top: roundUp(Math.max(0, ...data[1]))};
}

export class Chart {
  #shown = shown([], () => null);

  /** `read` takes the value off a point (null: there is none), `format` makes a text of it. */
  constructor(title, help, read, format, tone = '') {
    this.title = title;
    this.read = read;
    this.format = format;
    this.value = el('span', {class: 'chart-value'});
    this.moment = el('span', {class: 'chart-moment'});
    this.top = el('span', {class: 'chart-top', 'aria-hidden': 'true'});
    this.begin = el('span', {});
    this.box = el('div', {class: 'chart-plot', role: 'img'});
    this.node = el(
      'section',
      {class: `card chart ${tone}`, title: help},
      el('h2', {}, title),
      el('p', {class: 'chart-reading'}, this.value, this.moment),
      el('div', {class: 'chart-box'}, this.top, this.box),
      el('p', {class: 'chart-axis', 'aria-hidden': 'true'}, this.begin, el('span', {}, 'now')),
    );
    this.plot = new uPlot(this.#options(), this.#shown.data, this.box);
    this.#fit();
  }

  #options() {
    const colour = (name) => () => getComputedStyle(this.node).getPropertyValue(name).trim();
    const tone = colour('--tone');
    const hidden = {show: false};
    return {
      width: 0, // until the page gives it a place
      height: 0,
      padding: [3, 0, 1, 0],
      legend: hidden,
      select: hidden,
      cursor: {y: false, drag: {x: false, y: false}, points: {size: 7, fill: tone}},
      scales: {
        x: {time: false, range: () => [this.#shown.begin, this.#shown.end]},
        y: {range: () => [0, this.#shown.top]},
      },
      axes: [
        hidden,
        {
          size: 0,
          splits: () => [0, this.#shown.top / 2, this.#shown.top],
          values: (_, splits) => splits.map(() => ''),
          grid: {stroke: colour('--line'), width: 1},
          ticks: hidden,
        },
      ],
      series: [
        {},
        {stroke: tone, fill: () => `${tone()}1f`, width: 1.6, spanGaps: true, points: hidden},
      ],
      hooks: {setCursor: [() => this.#say()]},
    };
  }

  /** Keeps to the size and the colours of the page, and follows a finger as it does a mouse. */
  #fit() {
    this.resizes = new ResizeObserver(() =>
      this.plot.setSize({width: this.box.clientWidth, height: this.box.clientHeight}),
    );
    this.resizes.observe(this.box);
    this.scheme = matchMedia('(prefers-color-scheme: dark)');
    this.scheme.onchange = () => this.plot.redraw(false);
    this.plot.over.onpointermove = (event) =>
      this.plot.setCursor({left: event.offsetX, top: event.offsetY});
    this.plot.over.onpointerleave = () => this.plot.setCursor(OUTSIDE);
  }

  /** Once the page has left it. */
  end() {
    this.resizes.disconnect();
    this.scheme.onchange = null;
    this.plot.destroy();
  }

  draw(points) {
    this.#shown = shown(points, this.read);
    const {data, minutes, top} = this.#shown;
    this.plot.setData(data);
    this.begin.textContent = `${minutes} min ago`;
    this.top.textContent = data[0].length > 0 ? this.format(top) : '';
    const latest = data[0].length > 0 ? this.format(data[1].at(-1)) : 'no value yet';
    this.box.setAttribute('aria-label', `${this.title}: ${latest} now, scale up to ${this.format(top)}`);
    this.#say();
  }

  #say() {
    const [times, values] = this.#shown.data;
    const pointed = this.plot?.cursor.idx ?? null;
    const last = values.length - 1;
    this.value.textContent = last < 0 ? '\u2013' : this.format(values[pointed ?? last]);
    this.moment.textContent = pointed === null ? '' : `at ${clock(new Date(times[pointed]))}`;
  }
}
