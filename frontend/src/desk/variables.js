// The variables that a text may use: one that is clicked (`data-variable`) is put in at the caret of the field that was
// last written in among those of its list (`data-variables="ID ID"`), else at the end of the last of them.
let last = null;

function put(button) {
  const ids = button.closest('[data-variables]').dataset.variables.split(' ');
  const written = last?.isConnected && ids.includes(last.id);
  const field = written ? last : document.getElementById(ids[ids.length - 1]);
  if (!field || field.matches(':disabled')) return;
  const from = written ? field.selectionStart : field.value.length;
  const to = written ? field.selectionEnd : field.value.length;
  field.setRangeText(button.dataset.variable, from, to, 'end');
  field.focus();
  field.dispatchEvent(new Event('input', { bubbles: true }));
}

export function startVariables() {
  document.addEventListener('focusin', (event) => {
    if (event.target.matches?.('textarea, input')) last = event.target;
  });
  document.addEventListener('click', (event) => {
    const button = event.target.closest?.('[data-variable]');
    if (button) put(button);
  });
}
