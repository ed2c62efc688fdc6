/** Saves a file where the browser saves downloads. */
export function save(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The browser has begun to read it long before.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/** Names a result after its pictures: rocket-as-coffee.png. */
export function nameResult(content: string, style: string): string {
  return `${stem(content)}-as-${stem(style)}.png`;
}

function stem(name: string): string {
  return name.replace(/\.[^.]*$/, '');
}
