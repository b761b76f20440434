/** The picture that VS Code brings back with the window, and the console that follows it. Called by `extension.ts`. */
import type { TerminalServices } from '../../terminal/TerminalServices';
import { restoreWebviewPages } from '../showWebviewPage';
import { PicturePanel, pictureView } from './PicturePanel';

export function registerPicture(services: TerminalServices): void {
  restoreWebviewPages(services, {
    view: pictureView,
    // The picture is always that of now: whatever the page has kept, it is shown.
    parse: () => ({}),
    lost: '',
    fill: (panel) => PicturePanel.restore(services, panel),
  });
  services.context.subscriptions.push(
    services.shared.follow('console', ({ containerId }) => {
      const bundle = services.containers.byId(containerId)?.bundle;
      if (bundle !== undefined) services.terminals.console(bundle)?.terminal.show(true);
      return Promise.resolve(false);
    }),
  );
}
