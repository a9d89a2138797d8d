import { join } from 'node:path';

import type { IsoContent } from '@ingot/iso9660';

import { SolutionError } from '../error.ts';
import { badPlan } from './contents.ts';
import { missingBlob } from '../plan/missing-blob.ts';
import type { Plan, PlannedFile } from '../plan/plan.ts';

/** What is needed to say whose fault a content is. */
export interface PackedContents {
  readonly plan: Plan;
  readonly workspaceRoot: string;
  readonly contents: ReadonlyMap<string, IsoContent>;
}

interface Facts {
  readonly code?: unknown;
  readonly path?: unknown;
  readonly message: string;
}

const aboutContent = ['INGOT_ISO_CONTENT_DIGEST', 'INGOT_ISO_CONTENT_SIZE', 'INGOT_ISO_CONTENT_UNREADABLE'];

/** The file of the plan whose content `writeIso` complains of; undefined where it complains of something else. */
export function faultyFile(error: unknown, { plan, contents }: PackedContents): PlannedFile | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code, path } = error as Facts;
  if (!aboutContent.includes(String(code))) return undefined;
  return plan.files.find((file) => file.path === path) ?? plan.files.find((file) => pathOf(file, contents) === path);
}

/**
 * What `writeIso` says of the bytes that it got, in the author's words: INGOT_FILE_CHANGED for a file of the workspace,
 * INGOT_BLOB_WRONG for a blob of an image, naming where it lies, INGOT_PLAN for a text of the plan itself.
 */
export function contentError(error: Error, file: PlannedFile, packed: PackedContents): Error {
  const content = packed.plan.contents[file.digest];
  if (content === undefined || 'text' in content)
    return badPlan(`the plan's text is not the planned one: ${error.message}`, error);
  if ('file' in content) {
    return new SolutionError('INGOT_FILE_CHANGED', `${content.file} changed after the plan was made`, {
      path: join(packed.workspaceRoot, content.file),
      digest: file.digest,
      help: 'Plan again: run the target that plans it (plan), with --skip-nx-cache where Nx does not see the file (ignored by git).',
      cause: error,
    });
  }
  const path = pathOf(file, packed.contents);
  return new SolutionError('INGOT_BLOB_WRONG', `${file.path}: ${error.message}`, {
    ...(path === undefined ? {} : { path }),
    digest: file.digest,
    help: missingBlob(content.source, file).help ?? '',
    cause: error,
  });
}

function pathOf({ digest }: PlannedFile, contents: ReadonlyMap<string, IsoContent>): string | undefined {
  const content = contents.get(digest);
  return content !== undefined && 'path' in content ? content.path : undefined;
}
