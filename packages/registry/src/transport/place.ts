/** A URL as an error may show it: without the query and the user, which can hold secrets. */
export function placeOf(url: URL): string {
  return `${url.protocol}//${url.host}${url.pathname}`;
}
