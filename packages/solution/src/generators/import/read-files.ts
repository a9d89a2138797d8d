import { posix } from 'node:path';
import type { IsoEntry } from '@ingot/iso9660';
import { crdProblems } from '../../format/crd.ts';
import {
  crdsFolder,
  deployFolder,
  imagesFolder,
  manifestPath,
  registryConfigPath,
  reservedPlaceProblems,
  rolePath,
} from '../../format/layout.ts';
import { roleProblems } from '../../format/role.ts';
import type { Origin } from './origin.ts';
import type { Report } from './report.ts';

/** A file or link to carry over; `to` is its place in the project. */
export interface CarriedFile {
  readonly to: string;
  readonly entry: IsoEntry;
}

/** Where the author's own files come to lie in the project. */
export const filesFolder = 'files';

/** Nx would take these for projects of their own. */
const projectFiles = ['package.json', 'project.json', 'solution.yaml', 'image.yaml'];
const writtenAnew = [manifestPath, registryConfigPath];

/** Everything but images and what is written anew. What cannot be carried goes into the report. */
export async function readFiles(origin: Origin, report: Report): Promise<CarriedFile[]> {
  const carried: CarriedFile[] = [];
  for (const entry of origin.tree.entries) {
    const { path, type } = entry;
    if (path === imagesFolder || path.startsWith(`${imagesFolder}/`) || writtenAnew.includes(path)) continue;
    if (type === 'directory') {
      if (origin.tree.names(path).length === 0)
        report.add(`the folder ${path} is empty, and git keeps no empty folders`);
      continue;
    }
    const problem = await problemOf(origin, entry);
    if (problem === undefined) carried.push({ to: placeOf(path), entry });
    else report.add(`${path} is not carried over: ${problem}`);
  }
  return carried;
}

function placeOf(path: string): string {
  return path.startsWith(`${deployFolder}/`) ? path : posix.join(filesFolder, path);
}

async function problemOf(origin: Origin, entry: IsoEntry): Promise<string | undefined> {
  const { path, type } = entry;
  if (type === 'special') return 'it is a device, pipe or socket';
  if (type === 'symlink' && !staysAmongFiles(origin, entry))
    return `it is a link to ${entry.target}, which is not among the files`;
  if (projectFiles.includes(posix.basename(path))) return 'Nx would take it for a project';
  if (type === 'symlink') return undefined;
  if (path.startsWith(`${deployFolder}/`)) return deployProblem(origin, entry);
  return reservedPlaceProblems(path)[0]?.message;
}

/** A link has to lead to something that is carried as well, and in the same part of the project. */
function staysAmongFiles(origin: Origin, { path, target = '' }: IsoEntry): boolean {
  if (target.startsWith('/')) return false;
  const to = posix.join(posix.dirname(path), target);
  const part = (one: string): string =>
    one === deployFolder || one.startsWith(`${deployFolder}/`)
      ? 'deploy'
      : one.split('/')[0] === imagesFolder
        ? 'images'
        : 'files';
  return !to.startsWith('..') && part(to) === part(path) && origin.tree.resolve(path) !== undefined;
}

/** A CRD or role that MetalK8s cannot take would keep the whole project from being packed. */
async function deployProblem(origin: Origin, entry: IsoEntry): Promise<string | undefined> {
  const { path } = entry;
  if (path !== rolePath && !path.startsWith(`${crdsFolder}/`)) return undefined;
  const parts: Uint8Array[] = [];
  if (entry.size <= 4 * 1024 * 1024) for await (const part of origin.read(entry)) parts.push(Uint8Array.from(part));
  const text = Buffer.concat(parts).toString('utf8');
  const [problem] = path === rolePath ? roleProblems(text) : crdProblems(path, text);
  return problem?.message;
}
