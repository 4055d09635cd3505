package store

import "carillon/store/engine"

// IamUserPolicy is a policy that is a user's own.
type IamUserPolicy struct {
	UserID     string
	PolicyName string
	Document   string
}

func (p *IamUserPolicy) scan(row engine.Row) error {
	return row.Scan(&p.UserID, &p.PolicyName, &p.Document)
}

// IamUserPolicies returns the policies of a user's own, by name.
func (r Records) IamUserPolicies(userID string) ([]IamUserPolicy, error) {
	return collect[IamUserPolicy](r, `SELECT user_id, policy_name, document FROM iam_user_policies WHERE user_id = $1 ORDER BY policy_name`, []any{userID})
}

// IamUserPolicy returns a policy of a user's own, or ErrNotFound.
func (r Records) IamUserPolicy(userID, name string) (p IamUserPolicy, err error) {
	err = r.one(noIamUserPolicy, `SELECT user_id, policy_name, document FROM iam_user_policies WHERE user_id = $1 AND policy_name = $2`, []any{userID, name}, p.scan)
	return p, err
}

// PutIamUserPolicy adds or replaces a policy of a user's own.
func (r Records) PutIamUserPolicy(p *IamUserPolicy) error {
	_, err := r.tx.Exec(`INSERT INTO iam_user_policies (user_id, policy_name, document) VALUES ($1, $2, $3)
		ON CONFLICT (user_id, policy_name) DO UPDATE SET document = excluded.document`, p.UserID, p.PolicyName, p.Document)
	return err
}

// DeleteIamUserPolicy removes a policy of a user's own, or returns ErrNotFound.
func (r Records) DeleteIamUserPolicy(userID, name string) error {
	return r.changed(noIamUserPolicy, `DELETE FROM iam_user_policies WHERE user_id = $1 AND policy_name = $2`, userID, name)
}

// IamAttachment says that a user has a managed policy.
type IamAttachment struct {
	UserID       string
	PolicyARN    string
	AwsAccountID string // of the user
	// The user's, as they are now; they are not kept with the attachment.
	UserName, UserPath string
}

const fromAttachments = `SELECT a.user_id, a.policy_arn, a.aws_account_id, u.user_name, u.path FROM iam_attachments a JOIN iam_users u ON u.user_id = a.user_id`

func (a *IamAttachment) scan(row engine.Row) error {
	return row.Scan(&a.UserID, &a.PolicyARN, &a.AwsAccountID, &a.UserName, &a.UserPath)
}

// AttachmentsOfUser returns the managed policies of a user, by ARN.
func (r Records) AttachmentsOfUser(userID string) ([]IamAttachment, error) {
	return collect[IamAttachment](r, fromAttachments+` WHERE a.user_id = $1 ORDER BY a.policy_arn`, []any{userID})
}

// AttachmentsOfPolicy returns who in an AWS account has a managed policy, by
// user id.
func (r Records) AttachmentsOfPolicy(awsAccountID, policyARN string) ([]IamAttachment, error) {
	return collect[IamAttachment](r, fromAttachments+` WHERE a.aws_account_id = $1 AND a.policy_arn = $2 ORDER BY a.user_id`, []any{awsAccountID, policyARN})
}

// CountIamAttachments returns how many users of an AWS account have a managed
// policy.
func (r Records) CountIamAttachments(awsAccountID, policyARN string) (int64, error) {
	return r.count(`SELECT COUNT(*) FROM iam_attachments WHERE aws_account_id = $1 AND policy_arn = $2`, awsAccountID, policyARN)
}

// InsertIamAttachment attaches a policy; ErrExists: it was attached.
func (r Records) InsertIamAttachment(a *IamAttachment) error {
	return r.insert(`INSERT INTO iam_attachments (user_id, policy_arn, aws_account_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`, a.UserID, a.PolicyARN, a.AwsAccountID)
}

// DeleteIamAttachment detaches a policy, or returns ErrNotFound.
func (r Records) DeleteIamAttachment(userID, policyARN string) error {
	return r.changed(noIamAttachment, `DELETE FROM iam_attachments WHERE user_id = $1 AND policy_arn = $2`, userID, policyARN)
}

// IamGrant is a document that says what a user may do, with where it is from.
type IamGrant struct {
	// Name is that of a policy of the user's own, or the ARN of a managed one.
	Name    string
	Managed bool
	// Document is empty for a managed policy that belongs to no AWS account.
	Document string
}

func (g *IamGrant) scan(row engine.Row) error { return row.Scan(&g.Name, &g.Managed, &g.Document) }

// IamGrants returns the documents that count for a user.
func (r Records) IamGrants(userID string) ([]IamGrant, error) {
	return collect[IamGrant](r, `SELECT policy_name, FALSE, document FROM iam_user_policies WHERE user_id = $1
		UNION ALL
		SELECT a.policy_arn, TRUE, COALESCE(v.document, '') FROM iam_attachments a
		LEFT JOIN iam_policies p ON p.aws_account_id = a.aws_account_id AND a.policy_arn = 'arn:aws:iam::' || p.aws_account_id || ':policy' || p.path || p.policy_name
		LEFT JOIN iam_policy_versions v ON v.policy_id = p.policy_id AND v.version = p.default_version
		WHERE a.user_id = $1`, []any{userID})
}

// IamHolding says that a user has a policy: one of its own, by name, or a managed
// one, by ARN.
type IamHolding struct{ UserID, Name string }

func (h *IamHolding) scan(row engine.Row) error { return row.Scan(&h.UserID, &h.Name) }

// IamHoldings returns who has which policies; awsAccountID and userName, if not
// empty, select users. Those of a user are in the order of their names.
func (r Records) IamHoldings(awsAccountID, userName string) ([]IamHolding, error) {
	var q query
	q.add(`SELECT u.user_id, h.name FROM iam_users u JOIN (
		SELECT user_id, policy_name AS name FROM iam_user_policies UNION ALL SELECT user_id, policy_arn FROM iam_attachments
	) h ON h.user_id = u.user_id WHERE 1 = 1`)
	q.addUsers(awsAccountID, userName)
	q.add(` ORDER BY u.user_id, h.name`)
	return collect[IamHolding](r, q.String(), q.args)
}
