'use strict';
const { coreServices, createBackendModule } = require('@backstage/backend-plugin-api');
const { scaffolderActionsExtensionPoint } = require('@backstage/plugin-scaffolder-node');
const { createCopyAction } = require('./copy');
const { createRulesetAction } = require('./ruleset');
const { readSettings } = require('./settings');

/** Gives the scaffolder `copier:copy` and `github:ruleset`. */
module.exports = createBackendModule({
  pluginId: 'scaffolder',
  moduleId: 'paved-road',
  register(registry) {
    registry.registerInit({
      deps: { actions: scaffolderActionsExtensionPoint, config: coreServices.rootConfig },
      async init({ actions, config }) {
        actions.addActions(createCopyAction(readSettings(config)), createRulesetAction(config));
      },
    });
  },
});
