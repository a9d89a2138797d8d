/** Names of projects that a text may mention, comments left out: more than it does in truth. For inference: no parser. */
export function mentionedProjects(text: string): string[] {
  return [...text.replaceAll(/(^|\s)#.*/g, '').matchAll(/project:([^\s#"',\]}]+)/g)].map((match) => match[1]!);
}
