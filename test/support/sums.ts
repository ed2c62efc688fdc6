export function sum(terms: readonly number[]): number {
  return terms.reduce((total, term) => total + term, 0);
}

export function sumOfMagnitudes(terms: readonly number[]): number {
  return sum(terms.map(Math.abs));
}
