// AWS SDK for JavaScript v3; it takes endpoint, region and keys from the
// environment.
import * as chime from "@aws-sdk/client-chime";
import { mainJob } from "./main_job.mjs";

const client = new chime.ChimeClient({});

async function list(AccountId, pageSize) {
  const users = [];
  for await (const page of chime.paginateListUsers({ client, pageSize }, { AccountId })) {
    users.push(...page.Users);
  }
  return users;
}

await mainJob(
  (operation, input) => client.send(new chime[`${operation}Command`](input)),
  (error) => (error instanceof chime[error.name] ? error.name : `untyped ${error.name}`),
  list,
);
