// The picture brings its own background, so it reads the same on a dark page.
export const COLORS = {
  background: '#ffffff',
  border: '#d0d7de',
  text: '#1f2328',
  faint: '#656d76',
  track: '#f3f4f6',
  arena: '#654ff0',
  arrays: '#a498f6',
  peer: '#b6bec9',
} as const;

interface Picture {
  readonly width: number;
  readonly height: number;
  readonly margin: number;
  /** For those who can't see it. */
  readonly description: string;
  readonly title: string;
  readonly subtitle: string;
  readonly body: string;
}

/** Draws a frame with a title, and what is in it. */
export function picture(content: Picture): string {
  const { width, height, margin, description, title, subtitle, body } = content;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" font-family="system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif" font-size="13">
<title>${description}</title>
<rect x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="10" fill="${COLORS.background}" stroke="${COLORS.border}"/>
${text(margin, 38, title, { size: 18, weight: 600 })}
${text(margin, 60, subtitle, { fill: COLORS.faint })}
${body}</svg>
`;
}

interface TextStyle {
  readonly fill?: string;
  readonly size?: number;
  readonly weight?: number;
  readonly anchor?: 'start' | 'middle' | 'end';
}

/** Draws a line of text. */
export function text(x: number, y: number, content: string, style: TextStyle = {}): string {
  const { fill = COLORS.text, size = 13, weight = 400, anchor = 'start' } = style;
  return `<text x="${x.toFixed(1)}" y="${y}" fill="${fill}" font-size="${size}" font-weight="${weight}" text-anchor="${anchor}">${content}</text>`;
}
