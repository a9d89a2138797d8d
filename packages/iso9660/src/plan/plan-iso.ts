import { IsoError } from '../error.ts';
import { sectorSize } from '../record/sector.ts';
import { collectExtents } from './extents.ts';
import type { IsoInput, IsoPlanOptions } from './input.ts';
import { jolietView } from './joliet-view.ts';
import { layHead } from './layout.ts';
import { checkOptions } from './options.ts';
import type { IsoPlan } from './plan.ts';
import { primaryView } from './primary-view.ts';
import { buildTree, filesOf } from './tree.ts';

/**
 * Sectors of zeros at the end, as mkisofs -pad has them: drives that read ahead at the end of a track, and the media
 * check, which leaves out the last sectors, then meet no content there.
 */
const paddingSectors = 150;

/** ECMA-119 §8.4.8: the number of sectors has 32 bits. */
const mostSectors = 2 ** 32 - 1;

/**
 * Plans an image: where every directory and every content lies. Opens no file and does not depend on the order of
 * `inputs`. Throws IsoError: INGOT_ISO_PATH, _NAME_LENGTH, _LINK_TARGET, _DUPLICATE, _PARENT, _MODE, _SIZE, _DIGEST,
 * _CONTENT_SIZE, _VOLUME_ID, _FIELD, _TIME, _DIRECTORIES, _TOO_LARGE.
 */
export function planIso(inputs: Iterable<IsoInput>, options: IsoPlanOptions): IsoPlan {
  const checked = checkOptions(options);
  const tree = buildTree(inputs);
  const { extents, sectors: dataSectors } = collectExtents(tree);
  const head = layHead(primaryView(tree), jolietView(tree), checked.time);
  const sectors = head.sectors + dataSectors + paddingSectors;
  if (sectors > mostSectors) {
    throw new IsoError('INGOT_ISO_TOO_LARGE', `the image would have ${sectors} sectors, more than ISO-9660 can count`, {
      help: 'Keep the image below 8 TiB.',
    });
  }
  for (const extent of extents) extent.sector += head.sectors;
  const files = Array.from(filesOf(tree), (file) => ({
    path: file.path,
    size: file.input.size,
    sector: file.extent?.sector ?? 0,
  }));
  const { volumeId } = checked;
  return { volumeId, sectors, size: sectors * sectorSize, files, extents, head: head.encode(checked, sectors) };
}
