// Applies patches with other implementations of SCIM. It reads a list of
// {kind, before, operations} and writes, for each, what came of it by the name of the
// implementation; null: it refused.
import { readFileSync } from "node:fs";
import scimPatch from "scim-patch";
import SCIMMY from "scimmy";

SCIMMY.Schemas.User.extend(SCIMMY.Schemas.EnterpriseUser);

const patchOp = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
const kinds = { User: SCIMMY.Schemas.User, Group: SCIMMY.Schemas.Group };
const copy = (value) => JSON.parse(JSON.stringify(value));

async function byScimmy({ kind, before, operations }) {
  const resource = new kinds[kind](copy(before));
  const changed = await new SCIMMY.Messages.PatchOp({ schemas: [patchOp], Operations: copy(operations) }).apply(resource);
  const { schemas, meta, id, ...own } = copy(changed ?? resource);
  return own;
}

function byScimPatch({ before, operations }) {
  scimPatch.patchBodyValidation({ schemas: [patchOp], Operations: operations });
  return copy(scimPatch.scimPatch(copy(before), copy(operations), { mutateDocument: false, treatMissingAsAdd: true }));
}

async function orNull(apply, patch) {
  try {
    return await apply(patch);
  } catch {
    return null;
  }
}

const results = [];
for (const patch of JSON.parse(readFileSync(0, "utf8"))) {
  results.push({ "scim-patch": await orNull(byScimPatch, patch), scimmy: await orNull(byScimmy, patch) });
}
process.stdout.write(JSON.stringify(results));
