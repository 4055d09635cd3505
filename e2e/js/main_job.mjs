// The main job through one of the AWS SDKs for JavaScript. It ends with an
// exception, and so with an exit code, when an answer is not as it should be.
import assert from "node:assert/strict";

/**
 * Runs the main job.
 *
 * @param {(operation: string, input: object) => Promise<object>} call
 *   calls an operation of the API
 * @param {(error: object) => string} nameOf tells the name of a refusal
 * @param {(AccountId: string, MaxResults: number) => Promise<object[]>} list
 *   returns all users of an account, page by page
 */
export async function mainJob(call, nameOf, list) {
  const refused = async (name, operation, input) => {
    const error = await call(operation, input).then(() => assert.fail(`${operation} succeeded`), (e) => e);
    assert.equal(nameOf(error), name, `${operation}: ${error}`);
    assert.ok(error.message, `${operation}: no message`);
  };

  const { Account } = await call("CreateAccount", { Name: "Main job" });
  assert.equal(Account.AccountType, "Team");
  assert.deepEqual(Account.SupportedLicenses, ["Basic", "Pro"]);
  assert.ok(Account.CreatedTimestamp instanceof Date && !Number.isNaN(Account.CreatedTimestamp.valueOf()));
  const { AccountId } = Account;

  const Email = "a+b/ö@example.com";
  const { User } = await call("CreateUser", { AccountId, Email, UserType: "PrivateUser" });
  assert.equal(User.PrimaryEmail, Email);
  assert.equal(User.UserRegistrationStatus, "Registered");
  assert.ok(Math.abs(User.RegisteredOn - Date.now()) < 60_000);
  const { UserId } = User;

  const got = (await call("GetUser", { AccountId, UserId })).User;
  assert.match(got.PersonalPIN, /^\d{10}$/);
  assert.equal(got.LicenseType, "Pro");

  const updated = (await call("UpdateUser", { AccountId, UserId, LicenseType: "Basic" })).User;
  assert.equal(updated.LicenseType, "Basic");

  const found = await call("ListUsers", { AccountId, UserEmail: Email.toUpperCase() });
  assert.deepEqual(found.Users.map((u) => u.UserId), [UserId]);

  await call("LogoutUser", { AccountId, UserId });
  await call("UpdateAccountSettings", { AccountId, AccountSettings: { EnableDialOut: true } });

  await refused("NotFoundException", "GetUser", { AccountId, UserId: "no/such user" });
  await refused("ConflictException", "CreateUser", { AccountId, Email: Email.toUpperCase() });
  await refused("BadRequestException", "CreateUser", { AccountId, Email: "nonsense" });

  const ids = [UserId];
  for (let i = 0; i < 4; i++) {
    ids.push((await call("CreateUser", { AccountId, Email: `user${i}@example.com` })).User.UserId);
  }
  assert.deepEqual((await list(AccountId, 2)).map((u) => u.UserId), ids);
}
