// A line chart of the last minutes, in SVG: one series, a scale, and the value under the pointer.
import {el, svg} from './dom.js';
import {clock} from './format.js';

const WIDTH = 300;
const HEIGHT = 80;
const MINUTE = 60 * 1000; // milliseconds
const SPANS = [1, 2, 5]; // minutes: the shortest that holds all points is shown

/** A round number at or above `value`, for the top of the scale. */
export function roundUp(value) {
  if (value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  const step = [1, 2, 2.5, 5, 10].find((each) => each * power >= value * 0.999);
  return step * power;
}

export class Chart {
  #points = [];
  #pointed = null; // the time under the pointer

  /** `read` takes the value off a point (null: there is none), `format` makes a text of it. */
  constructor(title, help, read, format, tone = '') {
    this.title = title;
    this.read = read;
    this.format = format;
    this.value = el('span', {class: 'chart-value'}, '\u2013');
    this.moment = el('span', {class: 'chart-moment'}, '');
    this.top = el('span', {class: 'chart-top', 'aria-hidden': 'true'});
    this.area = svg('path', {class: 'chart-area'});
    this.line = svg('path', {class: 'chart-line'});
    this.cursor = svg('line', {class: 'chart-cursor', y1: 0, y2: HEIGHT, visibility: 'hidden'});
    const grid = [0.5, HEIGHT / 2, HEIGHT - 0.5].map((y) =>
      svg('line', {class: 'chart-grid', x1: 0, x2: WIDTH, y1: y, y2: y}),
    );
    this.plot = svg(
      'svg',
      {
        viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
        preserveAspectRatio: 'none',
        role: 'img',
        class: 'chart-plot',
        onpointermove: (event) => this.#point(event),
        onpointerleave: () => this.#point(null),
      },
      grid,
      this.area,
      this.line,
      this.cursor,
    );
    this.begin = el('span', {});
    this.node = el(
      'section',
      {class: `card chart ${tone}`, title: help},
      el('h2', {}, title),
      el('p', {class: 'chart-reading'}, this.value, this.moment),
      el('div', {class: 'chart-box'}, this.top, this.plot),
      el('p', {class: 'chart-axis', 'aria-hidden': 'true'}, this.begin, el('span', {}, 'now')),
    );
  }

  draw(points) {
    this.#points = points
      .map((each) => ({at: each.at, value: this.read(each)}))
      .filter((each) => each.value !== null);
    const end = points.length > 0 ? points[points.length - 1].at : Date.now();
    const most = roundUp(Math.max(0, ...this.#points.map((each) => each.value)));
    const age = points.length > 0 ? end - points[0].at : 0;
    const minutes = SPANS.find((each) => age <= each * MINUTE) ?? SPANS[SPANS.length - 1];
    this.begin.textContent = `${minutes} min ago`;
    this.place = (at) => WIDTH - ((end - at) / (minutes * MINUTE)) * WIDTH;
    const spots = this.#points
      .filter((each) => this.place(each.at) >= 0)
      .map((each) => [this.place(each.at), HEIGHT - 1 - (each.value / most) * (HEIGHT - 4)]);
    const path = spots
      .map(([x, y], i) => `${i === 0 ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`)
      .join('');
    this.line.setAttribute('d', path);
    this.area.setAttribute(
      'd',
      spots.length < 2
        ? ''
        : `${path}L${spots[spots.length - 1][0].toFixed(1)} ${HEIGHT}L${spots[0][0].toFixed(1)} ${HEIGHT}Z`,
    );
    this.top.textContent = this.#points.length > 0 ? this.format(most) : '';
    this.#say();
    const latest =
      this.#points.length > 0
        ? this.format(this.#points[this.#points.length - 1].value)
        : 'no value yet';
    this.plot.setAttribute(
      'aria-label',
      `${this.title}: ${latest} now, scale up to ${this.format(most)}`,
    );
  }

  #point(event) {
    if (event === null) {
      this.#pointed = null;
    } else {
      const box = this.plot.getBoundingClientRect();
      this.#pointed = ((event.clientX - box.left) / box.width) * WIDTH;
    }
    this.#say();
  }

  #say() {
    const last = this.#points[this.#points.length - 1];
    let shown = last;
    if (this.#pointed !== null && last) {
      shown = this.#points.reduce((best, each) =>
        Math.abs(this.place(each.at) - this.#pointed) <
        Math.abs(this.place(best.at) - this.#pointed)
          ? each
          : best,
      );
      this.cursor.setAttribute('x1', this.place(shown.at));
      this.cursor.setAttribute('x2', this.place(shown.at));
    }
    const isPointing = this.#pointed !== null && Boolean(last);
    this.cursor.setAttribute('visibility', isPointing ? 'visible' : 'hidden');
    this.value.textContent = shown ? this.format(shown.value) : '\u2013';
    this.moment.textContent = isPointing ? `at ${clock(new Date(shown.at))}` : '';
  }
}
