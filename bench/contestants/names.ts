// The three that others are held against.
export const LIMIT = 'memory.copy';
export const OURS = 'ours, arena';
export const PLAIN = 'plain JavaScript';
