// Before the first paint: the theme chosen on this device, else the system's.
(() => {
  let chosen = '';
  try { chosen = localStorage.getItem('tuoshan.theme') || ''; } catch { /* storage may be forbidden */ }
  const dark = chosen ? chosen === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
  document.documentElement.dataset.theme = dark ? 'desk-dark' : 'desk';
})();
