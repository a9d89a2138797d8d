/**
 * The line that makes an image known to metal-stack, once its tree is served (metalctl, cmd/image.go: --id, --url,
 * --name, --description, --features). Where it is served only the operator knows: `$IMAGES` stands for it.
 */
export function metalctlLine({ id, path, os, version }: { id: string; path: string; os: string; version: string }) {
  const words = ['metalctl', 'image', 'create', '--id', id, '--url', `"$IMAGES/${path}"`];
  return [...words, '--name', quoted(`${os} ${version}`), '--features', 'machine'].join(' ');
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
