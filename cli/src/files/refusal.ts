/** An error of the user's making, told in one line and without a stack. */
export class Refusal extends Error {}
