// A chosen day said in words in the language of the page: a date field is drawn in that of the browser, where 03/04 is
// March to some and April to others. And a year has four digits: without a last day a browser that writes the year first
// takes six, and 20261010 typed into it would be the year 61010.
import { all, make, onContent } from './page.js';

const FIELD = 'input[type=date], input[type=datetime-local]';
const WORDS = { year: 'numeric', month: 'long', day: 'numeric', weekday: 'short' };
let made = 0;

function said(field) {
  const [date, clock] = field.value.split('T');
  const [year, month, day] = date.split('-').map(Number);
  if (!day || year < 1900) return '';
  const language = document.documentElement.lang === 'en' ? 'en-GB' : document.documentElement.lang;
  const words = new Intl.DateTimeFormat(language, WORDS).format(new Date(year, month - 1, day));
  const time = clock || field.closest('.field')?.querySelector('input[type=time]')?.value;
  return time ? `${words} ${time}` : words;
}

function show(field) {
  const place = field.closest('.field');
  if (!place) return;
  let words = field.dataset.said && document.getElementById(field.dataset.said);
  const text = field.disabled ? '' : said(field);
  if (!words) {
    if (!text) return;
    words = make('span', 'help', '');
    made += 1;
    words.id = `said-${made}`;
    field.dataset.said = words.id;
    field.setAttribute('aria-describedby', [field.getAttribute('aria-describedby'), words.id].filter(Boolean).join(' '));
    place.append(words);
  }
  words.textContent = text;
  words.hidden = !text;
}

function fourDigits(field) {
  if (!field.max) field.max = field.type === 'date' ? '9999-12-31' : '9999-12-31T23:59';
}

export function startDates() {
  onContent((root) => all(root, FIELD).forEach((field) => { fourDigits(field); show(field); }));
  for (const kind of ['input', 'change']) {
    document.addEventListener(kind, (event) => {
      const place = event.target.matches?.(`${FIELD}, input[type=time]`) && event.target.closest('.field');
      if (place) place.querySelectorAll(FIELD).forEach(show);
    });
  }
}
