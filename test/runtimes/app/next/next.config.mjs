// Next is a link to where it is installed, and Turbopack follows no link out of its root.
export default { turbopack: { root: '/' } };
