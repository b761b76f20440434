/**
 * What VS Code loads: composition only. What is heavy (the protocol's parser, JSON-RPC, scaffolding)
 * is imported by the part that needs it, when it needs it.
 */
import * as vscode from 'vscode';
import { registerCommands } from './ui/commands/register';
import { registerConfigEditing } from './ui/config/register';
import { registerRootfsFiles } from './ui/rootfs/registerRootfsFiles';
import { type Services, createServices } from './ui/services/Services';
import { registerProfile } from './ui/terminal/registerProfile';
import { registerStartLinks } from './ui/terminal/startLinks';
import { registerTasks } from './ui/tasks/registerTasks';
import { registerStatusBar } from './ui/status/registerStatusBar';
import { registerContainersView } from './ui/views/containers/register';
import { registerProcessesView } from './ui/views/processes/register';

/** @returns the services, for the tests inside VS Code */
export function activate(context: vscode.ExtensionContext): Services {
  const services = createServices(context);
  registerCommands(services);
  registerContainersView(services);
  registerProcessesView(services);
  registerStatusBar(services);
  registerRootfsFiles(services);
  registerProfile(services);
  registerStartLinks(services);
  registerTasks(services);
  registerConfigEditing(services);
  services.start();
  return services;
}
