// Alpine components, for state that belongs to one place of a page.
import { token } from './htmx.js';
import { say } from './page.js';

const DARK = 'desk-dark';

/** On this device, and in the account of who is signed in. */
function keepTheme(address, theme) {
  try { localStorage.setItem('tuoshan.theme', theme); } catch { /* for this page only */ }
  if (!address) return;
  fetch(address, { method: 'POST', headers: { 'X-CSRFToken': token() }, body: new URLSearchParams({ theme }), keepalive: true })
    .catch(() => { /* for this page only */ });
}

export const components = {
  /** Around the whole page: theme and, on narrow screens, the navigation drawer. */
  shell: () => ({
    dark: document.documentElement.dataset.theme === DARK,
    railOpen: false,
    init() { document.addEventListener('tuoshan:theme', () => { this.dark = document.documentElement.dataset.theme === DARK; }); },
    get themeLabel() { return this.dark ? say('theme_light') : say('theme_dark'); },
    get railState() { return this.railOpen ? 'true' : 'false'; },
    flipTheme() {
      const root = document.documentElement;
      const dark = root.dataset.theme !== DARK;
      root.dataset.theme = dark ? DARK : 'desk';
      root.dataset.flipped = 'true';
      keepTheme(root.dataset.chosenAt, dark ? 'dark' : 'light');
      document.dispatchEvent(new CustomEvent('tuoshan:theme'));
    },
    openRail() {
      this.railOpen = true;
      this.$nextTick(() => this.$refs.rail?.querySelector('a, button')?.focus());
    },
    closeRail() {
      if (!this.railOpen) return;
      this.railOpen = false;
      this.$nextTick(() => this.$refs.railOpener?.focus());
    },
    closeRailOutside(event) {
      if (this.railOpen && !this.$refs.rail?.contains(event.target) && !this.$refs.railOpener?.contains(event.target)) {
        this.railOpen = false;
      }
    },
  }),

  /** Something that opens and closes: `x-show="open"`, `@click="flip"`, `:aria-expanded="open"`. */
  toggle: () => ({
    open: false,
    flip() { this.open = !this.open; },
    close() { this.open = false; },
  }),

  /** How many characters are left: `x-ref="text"` with maxlength, `x-text="left"`. */
  counter: () => ({
    left: '',
    init() { this.count(); },
    count() {
      const text = this.$refs.text;
      const limit = Number(text?.maxLength ?? -1);
      this.left = limit > 0 ? `${text.value.length} / ${limit}` : '';
    },
  }),
};
