/** The lines that Git leaves in a file that it could not merge. */
export const conflictMark = /^(<{7}|={7}|>{7})( |$)/m;
