/**
 * The look of the preview's page. The picture lies on the page itself and is painted by the editor's theme, whichever
 * the system prefers; it is scrolled where it does not fit.
 */
export const previewStyle = `
body { padding: 0 1.5rem 1rem; color: var(--vscode-foreground); font: var(--vscode-font-size) var(--vscode-font-family); }
h1 { margin: 0.75rem 0 0.25rem; font-size: 1.3em; }
ul { display: flex; flex-wrap: wrap; gap: 0.25rem 2rem; margin: 0 0 0.75rem; padding: 0; list-style: none; }
table { border-collapse: collapse; }
th, td { padding: 0.2rem 2rem 0.2rem 0; text-align: start; border-bottom: 1px solid var(--vscode-widget-border, var(--vscode-contrastBorder, transparent)); }
p { color: var(--vscode-descriptionForeground); }
figure { margin: 0; overflow-x: auto; }
figure:focus-visible { outline: 1px solid var(--vscode-focusBorder); }
#preview svg {
  width: 100%; min-width: 46rem; max-width: 64rem; height: auto;
  --outrider-card: transparent;
  --outrider-edge: transparent;
  --outrider-band: var(--vscode-editorWidget-background);
  --outrider-ink: var(--vscode-foreground);
  --outrider-soft: var(--vscode-descriptionForeground);
  --outrider-grid: var(--vscode-widget-border, var(--vscode-contrastBorder, var(--vscode-descriptionForeground)));
  --outrider-hatch: var(--vscode-descriptionForeground);
  --outrider-blue: var(--vscode-charts-blue);
  --outrider-orange: var(--vscode-editorWarning-foreground);
  --outrider-green: var(--vscode-charts-green);
  --outrider-purple: var(--vscode-charts-purple);
  --outrider-red: var(--vscode-charts-red);
  --outrider-grey: var(--vscode-descriptionForeground);
}
`;
