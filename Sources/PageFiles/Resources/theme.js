// The theme that was chosen on this machine, set before the first paint. `system` needs nothing.
try {
  const theme = localStorage.getItem('medic.theme')
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme
} catch {
  // A browser that keeps nothing has the system's theme.
}
