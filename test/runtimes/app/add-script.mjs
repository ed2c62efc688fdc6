/** Adds a script to a page, and waits until it ran. */
export function addScript(src) {
  return new Promise((resolve, reject) => {
    const script = Object.assign(document.createElement('script'), { src });
    script.addEventListener('load', resolve);
    script.addEventListener('error', () => reject(new Error(`no ${src}`)));
    document.head.append(script);
  });
}
