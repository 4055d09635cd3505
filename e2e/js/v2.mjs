// AWS SDK for JavaScript v2. It has to be told the endpoint, and names errors
// by the member Code of the body.
import AWS from "aws-sdk";
import { mainJob } from "./main_job.mjs";

const client = new AWS.Chime({ endpoint: process.env.AWS_ENDPOINT_URL_CHIME });

async function list(AccountId, MaxResults) {
  const users = [];
  for (let NextToken; ; ) {
    const page = await client.listUsers({ AccountId, MaxResults, NextToken }).promise();
    users.push(...page.Users);
    if (!page.NextToken) return users;
    NextToken = page.NextToken;
  }
}

await mainJob(
  (operation, input) => client[operation[0].toLowerCase() + operation.slice(1)](input).promise(),
  (error) => `${error.code}Exception`,
  list,
);
