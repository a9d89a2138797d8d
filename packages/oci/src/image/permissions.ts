import { ProjectError } from '@ingot/workspace';

export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/**
 * Octal permissions as people write them: `0755`, `"0755"`, `0o755` and `755` are the same. To be called with the text
 * of the file, since YAML 1.2 takes `0755` for 755. Throws ProjectError INGOT_FILE_VALUE.
 */
export function parseMode(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const digits = /^0?o?([0-7]{3,4})$/.exec(text)?.[1];
  if (digits !== undefined) return parseInt(digits, 8);
  throw new ProjectError('INGOT_FILE_VALUE', `mode: ${text} is not valid: expected octal permissions, such as 0755`);
}

/** `uid:gid`, or `uid` for both, as Dockerfile's --chown has it. Throws ProjectError INGOT_FILE_VALUE. */
export function parseOwner(text: string | undefined): Owner {
  if (text === undefined) return { uid: 0, gid: 0 };
  const found = /^(\d{1,10})(?::(\d{1,10}))?$/.exec(text);
  const owner = { uid: Number(found?.[1]), gid: Number(found?.[2] ?? found?.[1]) };
  if (found && owner.uid < 2 ** 32 - 1 && owner.gid < 2 ** 32 - 1) return owner;
  throw new ProjectError(
    'INGOT_FILE_VALUE',
    `owner: ${text} is not valid: expected numbers uid:gid, such as 65532:65532`,
    {
      help: 'names cannot be looked up in an image that is not built yet',
    },
  );
}
