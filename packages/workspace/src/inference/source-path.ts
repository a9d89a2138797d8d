/**
 * The path of an image source that lies in files: `oci-archive:vendor/tool.tar:1.0` → `vendor/tool.tar`. Undefined for
 * any other source. It ends where content's `parseSource` ends it, which inference does without: at the first colon or
 * at a digest, for `dir:` never; an `@` may stand in it.
 */
export function sourcePath(source: string): string | undefined {
  return (
    /^dir:(.+)$/.exec(source)?.[1] ??
    /^docker-archive:([^:]+)/.exec(source)?.[1] ??
    /^oci(?:-archive)?:((?:(?!@sha\d*:)[^:])+)/.exec(source)?.[1]
  );
}
