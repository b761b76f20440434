import { TerrariumError } from '../../core/errors';

export function unknownContainer(): TerrariumError {
  return new TerrariumError(
    'container-unknown',
    'The helper does not know this container.',
    'Refresh the Containers view; it may have been stopped a while ago.',
  );
}
