// The style sheet of the drawings by themselves, for files saved from a page: put in when the script is built.

export const DRAWING_STYLE = "";
