/**
 * Ends what is being typed. The properties panel writes a field into the diagram only some time after the last key, or
 * when the field loses the focus; labels edited on the canvas likewise.
 */
export async function commitTyping(): Promise<void> {
  if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
  await new Promise((resolve) => requestAnimationFrame(resolve));
}
