// Alpine components, for state that belongs to one place of a page.
import { say } from './page.js';

const DARK = 'desk-dark';

export const components = {
  /** Around the whole page: theme and, on narrow screens, the navigation drawer. */
  shell: () => ({
    dark: document.documentElement.dataset.theme === DARK,
    railOpen: false,
    get themeLabel() { return this.dark ? say('theme_light') : say('theme_dark'); },
    get railState() { return this.railOpen ? 'true' : 'false'; },
    flipTheme() {
      this.dark = !this.dark;
      document.documentElement.dataset.theme = this.dark ? DARK : 'desk';
      try { localStorage.setItem('tuoshan.theme', this.dark ? 'dark' : 'light'); } catch { /* for this page only */ }
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
