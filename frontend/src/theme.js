// Before the first paint. Who is signed in has a choice of their own, which the server has drawn already; on this
// device it is remembered for the pages before signing in. Nobody in particular: the device's choice, else the system's.
(() => {
  const root = document.documentElement;
  const system = matchMedia('(prefers-color-scheme: dark)');
  const own = root.dataset.chosen;
  let chosen = own === 'system' ? '' : own || '';
  try {
    if (own === undefined) chosen = localStorage.getItem('tuoshan.theme') || '';
    else if (chosen) localStorage.setItem('tuoshan.theme', chosen);
    else localStorage.removeItem('tuoshan.theme');
  } catch { /* storage may be forbidden */ }
  const draw = () => { root.dataset.theme = (chosen ? chosen === 'dark' : system.matches) ? 'desk-dark' : 'desk'; };
  draw();
  if (chosen) return;
  system.addEventListener('change', () => {
    if (root.dataset.flipped) return;
    draw();
    document.dispatchEvent(new CustomEvent('tuoshan:theme'));
  });
})();
