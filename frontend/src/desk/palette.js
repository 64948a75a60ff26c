// The command palette (Ctrl+K): what this page can do (`data-command="words"`), where one can go, and cases found.
import { icon, isComposing, isVisible, make } from './page.js';

let dialog, input, list, items = [], at = 0, ticket = 0, timer = 0;

function pageCommands() {
  const found = [...document.querySelectorAll('[data-command]')].filter((element) => !element.disabled && (isVisible(element) || element.closest('.rail')));
  return found.map((element) => ({
    title: element.dataset.command || element.textContent.trim(), hint: element.dataset.key?.toUpperCase() || '',
    icon: element.dataset.icon || (element.href ? 'arrow-right' : 'bolt'), run: () => element.click(),
  }));
}

const matches = (title, words) => words.every((word) => title.toLowerCase().includes(word));

function draw(found) {
  const words = input.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
  items = [...pageCommands().filter((item) => matches(item.title, words)).slice(0, 12), ...found];
  at = Math.min(at, Math.max(items.length - 1, 0));
  list.replaceChildren(...items.map((item, index) => {
    const option = make('li', '', icon(item.icon || 'search'), make('span', 'truncate', item.title), make('span', 'hint', item.hint || ''));
    option.id = `palette-${index}`;
    option.setAttribute('role', 'option');
    option.setAttribute('aria-selected', String(index === at));
    option.addEventListener('click', () => choose(index));
    return option;
  }));
  dialog.querySelector('[data-nothing]').hidden = items.length > 0;
  mark();
}

function mark() {
  [...list.children].forEach((option, index) => option.setAttribute('aria-selected', String(index === at)));
  list.children[at]?.scrollIntoView({ block: 'nearest' });
  input.setAttribute('aria-activedescendant', items.length ? `palette-${at}` : '');
}

function choose(index) {
  const item = items[index];
  if (!item) return;
  dialog.close();
  if (item.run) item.run(); else location.assign(item.href);
}

async function search() {
  clearTimeout(timer);
  timer = 0;
  const mine = ++ticket;
  const words = input.value.trim();
  draw([]);
  if (!dialog.dataset.searchUrl || words.length < 1) return;
  try {
    const answer = await fetch(`${dialog.dataset.searchUrl}?q=${encodeURIComponent(words)}`, { headers: { Accept: 'application/json' } });
    if (answer.ok && mine === ticket) draw((await answer.json()).results ?? []);
  } catch { /* the page's own commands stay */ }
}

/** Open or close; false when the page has no palette. */
export function togglePalette() {
  if (!dialog) return false;
  if (dialog.open) { dialog.close(); return true; }
  if (document.querySelector('dialog[open]')) return false;
  input.value = '';
  at = 0;
  dialog.showModal();
  draw([]);
  input.focus();
  return true;
}

export function startPalette() {
  dialog = document.getElementById('palette');
  if (!dialog) return;
  input = dialog.querySelector('input');
  list = dialog.querySelector('[role=listbox]');
  document.addEventListener('click', (event) => { if (event.target.closest?.('[data-palette]')) togglePalette(); });
  input.addEventListener('input', (event) => {
    if (event.isComposing) return;
    clearTimeout(timer);
    at = 0;
    timer = setTimeout(search, 150);
  });
  input.addEventListener('compositionend', search);
  input.addEventListener('keydown', (event) => {
    if (isComposing(event)) return;
    if (event.key === 'ArrowDown') at = Math.min(at + 1, items.length - 1);
    else if (event.key === 'ArrowUp') at = Math.max(at - 1, 0);
    else if (event.key === 'Enter') {
      if (timer) search(); // a quick hand means what it has just typed, not what stood there before
      choose(at);
    }
    else return;
    event.preventDefault();
    mark();
  });
}
