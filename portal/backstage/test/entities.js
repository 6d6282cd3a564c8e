'use strict';
// Says of each entity on stdin what the catalog's own policies refuse in it; an empty text if nothing.
const fs = require('node:fs');
const model = require('@backstage/catalog-model');

const POLICIES = model.EntityPolicies.allOf([
  new model.SchemaValidEntityPolicy(),
  new model.DefaultNamespaceEntityPolicy(),
  new model.NoForeignRootFieldsEntityPolicy(),
  new model.FieldFormatEntityPolicy(),
]);
const KINDS = {
  Component: model.componentEntityV1alpha1Validator,
  API: model.apiEntityV1alpha1Validator,
  System: model.systemEntityV1alpha1Validator,
};

async function refusal(entity) {
  try {
    const whole = await POLICIES.enforce(entity);
    return (await KINDS[whole.kind].check(whole)) ? '' : `no ${whole.kind} of a version that the catalog knows`;
  } catch (error) {
    return error.message;
  }
}

const entities = JSON.parse(fs.readFileSync(0, 'utf8'));
Promise.all(entities.map(refusal)).then(said => process.stdout.write(JSON.stringify(said)));
