/** Says whether a value has properties by name: an object that is no array. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

/** Says in a few words what a value is, for an error message. */
export function describe(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
    case 'number':
    case 'boolean':
      return String(value);
    case 'bigint':
      return `${value}n`;
    case 'object':
      return Array.isArray(value) ? describeArray(value) : `a value of type ${typeName(value)}`;
    default:
      return `a value of type ${typeof value}`;
  }
}

function describeArray(array: readonly unknown[]): string {
  const shown = array.slice(0, 8).map((item) => (typeof item === 'number' ? item : typeof item));
  return `[${shown.join(', ')}${array.length > 8 ? ', …' : ''}]`;
}

function typeName(value: object): string {
  return Object.prototype.toString.call(value).slice(8, -1);
}
