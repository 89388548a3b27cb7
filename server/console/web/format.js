// Numbers, durations and times as people read them.
import {el} from './dom.js';

export function count(value) {
  return Math.round(value).toLocaleString('en-US');
}

export function rate(value) {
  if (value >= 1000) return `${(value / 1000).toFixed(value >= 10000 ? 0 : 1)}k/s`;
  return `${value >= 10 || value === 0 ? value.toFixed(0) : value.toFixed(1)}/s`;
}

export function microseconds(value) {
  if (value < 1000) return `${Math.round(value)} \u00b5s`;
  if (value < 1e6) return `${(value / 1000).toFixed(value < 1e4 ? 1 : 0)} ms`;
  return `${(value / 1e6).toFixed(1)} s`;
}

function ago(milliseconds) {
  const seconds = Math.round(milliseconds / 1000);
  if (seconds < 5) return 'now';
  if (seconds < 60) return `${seconds} s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86400) return `${Math.floor(seconds / 3600)} h ago`;
  return `${Math.floor(seconds / 86400)} d ago`;
}

/** How long ago, with the exact time on hover. */
export function when(iso) {
  if (!iso) return el('span', {class: 'quiet'}, 'never');
  return el('time', {datetime: iso, title: iso}, ago(Date.now() - Date.parse(iso)));
}

function two(number) {
  return String(number).padStart(2, '0');
}

/** The local time: 2026-01-31 12:00:00. */
export function local(iso) {
  const date = new Date(iso);
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${clock(date)}`;
}

/** The same to the millisecond, with the exact time on hover. */
export function exactly(iso) {
  const fraction = String(new Date(iso).getMilliseconds()).padStart(3, '0');
  return el('time', {datetime: iso, title: iso}, `${local(iso)}.${fraction}`);
}

export function clock(date) {
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

/** For <input type="datetime-local">: the local time of `date`. */
export function localInput(date) {
  return new Date(date.getTime() - date.getTimezoneOffset() * 60000).toISOString().slice(0, 16);
}

/** JSON that is indented, or the text as it is. */
export function pretty(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

export function plural(number, noun) {
  return `${count(number)} ${noun}${number === 1 ? '' : 's'}`;
}
