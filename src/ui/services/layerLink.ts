/** Whom to ask of a scratch layer. Used by its size, and by Source Control. */
import type { Container } from '../model/container';
import type { HelperLink } from './HelperLink';
import type { Services } from './Services';

/** @returns the helper that knows its files best, without starting one: that would ask for a password */
export function layerLink(
  { helpers }: Pick<Services, 'helpers'>,
  { info }: Pick<Container, 'info'>,
): HelperLink | undefined {
  return (info && helpers.get(info.privilege)) ?? helpers.get('root') ?? helpers.get('rootless');
}
