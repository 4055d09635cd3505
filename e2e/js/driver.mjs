// Calls operations of any service through the AWS SDK for JavaScript v3, one a
// line of JSON on stdin. It writes a line for each: the output, or the error as
// the SDK shows it.
import { createInterface } from "node:readline";
import * as chime from "@aws-sdk/client-chime";
import * as cloudtrail from "@aws-sdk/client-cloudtrail";
import * as iam from "@aws-sdk/client-iam";
import * as sts from "@aws-sdk/client-sts";

const services = {
  chime: [chime, chime.ChimeClient],
  cloudtrail: [cloudtrail, cloudtrail.CloudTrailClient],
  iam: [iam, iam.IAMClient],
  sts: [sts, sts.STSClient],
};

// The SDK takes times as dates only.
const dates = (name, value) => (name.endsWith("Time") ? new Date(value) : value);

async function allPages(pages) {
  const all = {};
  for await (const { $metadata, NextToken, ...page } of pages) {
    for (const name in page) all[name] = [...(all[name] ?? []), ...page[name]];
  }
  return all;
}

async function outcome({ AccessKeyId, SecretAccessKey, SessionToken, Service, Operation, Input, PageSize }) {
  const [module, Client] = services[Service];
  const credentials = { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken || undefined };
  const client = new Client({ credentials, maxAttempts: 1 });
  try {
    if (PageSize) return { Output: await allPages(module[`paginate${Operation}`]({ client, pageSize: PageSize }, Input)) };
    const { $metadata, ...Output } = await client.send(new module[`${Operation}Command`](Input));
    return { Output };
  } catch (error) {
    if (!error.$metadata) throw error;
    const Typed = module[error.name] !== undefined && error instanceof module[error.name];
    const Name = error.name.replace(/Exception$/, "");
    return { Error: { Name, Typed, Message: error.message, Status: error.$metadata.httpStatusCode } };
  } finally {
    client.destroy();
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify(await outcome(JSON.parse(line, dates))));
}
