package store

import "carillon/store/engine"

// IamPolicy is a managed policy of an AWS account. Names are unique without
// regard to case.
type IamPolicy struct {
	AwsAccountID string
	PolicyID     string
	PolicyName   string
	Path         string
	Description  string
	// DefaultVersion is the number of the version that counts, NewestVersion the
	// highest that was ever given.
	DefaultVersion, NewestVersion int64
	CreatedMs, UpdatedMs          int64
	// Attachments is how many users have it.
	Attachments int64
}

// ARN names the policy.
func (p *IamPolicy) ARN() string { return PolicyARN(p.AwsAccountID, p.Path, p.PolicyName) }

// PolicyARN returns the ARN of a managed policy.
func PolicyARN(awsAccountID, path, name string) string {
	return "arn:aws:iam::" + awsAccountID + ":policy" + path + name
}

const iamPolicyColumns = `p.aws_account_id, p.policy_id, p.policy_name, p.path, p.description, p.default_version, p.newest_version, p.created_ms, p.updated_ms,
	(SELECT COUNT(*) FROM iam_attachments a WHERE a.aws_account_id = p.aws_account_id AND a.policy_arn = 'arn:aws:iam::' || p.aws_account_id || ':policy' || p.path || p.policy_name)`

func (p *IamPolicy) scan(row engine.Row) error {
	return row.Scan(&p.AwsAccountID, &p.PolicyID, &p.PolicyName, &p.Path, &p.Description, &p.DefaultVersion, &p.NewestVersion, &p.CreatedMs, &p.UpdatedMs, &p.Attachments)
}

// IamPolicy returns the policy of a name, or ErrNotFound.
func (r Records) IamPolicy(awsAccountID, name string) (p IamPolicy, err error) {
	err = r.one(noIamPolicy, `SELECT `+iamPolicyColumns+` FROM iam_policies p WHERE p.aws_account_id = $1 AND p.name_key = $2`, []any{awsAccountID, Fold(name)}, p.scan)
	return p, err
}

// IamPolicies returns up to limit policies whose path begins with prefix, by
// name, after the one of a name; empty: from the first on.
func (r Records) IamPolicies(awsAccountID, prefix, after string, limit int) ([]IamPolicy, error) {
	var q query
	q.add(`SELECT `+iamPolicyColumns+` FROM iam_policies p WHERE p.aws_account_id = ? AND p.name_key > ?`, awsAccountID, Fold(after))
	q.addPrefix("p.path", prefix)
	q.add(` ORDER BY p.name_key LIMIT CAST(? AS BIGINT)`, limit)
	return collect[IamPolicy](r, q.String(), q.args)
}

// CountIamPolicies returns how many policies an AWS account has.
func (r Records) CountIamPolicies(awsAccountID string) (int64, error) {
	return r.count(`SELECT COUNT(*) FROM iam_policies WHERE aws_account_id = $1`, awsAccountID)
}

// InsertIamPolicy adds a policy without versions; ErrExists: the name is taken.
func (r Records) InsertIamPolicy(p *IamPolicy) error {
	return r.insert(`INSERT INTO iam_policies (aws_account_id, name_key, policy_id, policy_name, path, description, default_version, newest_version, created_ms, updated_ms)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING`,
		p.AwsAccountID, Fold(p.PolicyName), p.PolicyID, p.PolicyName, p.Path, p.Description, p.DefaultVersion, p.NewestVersion, p.CreatedMs, p.UpdatedMs)
}

// UpdateIamPolicy keeps which versions of a policy there are, and when that
// changed.
func (r Records) UpdateIamPolicy(p *IamPolicy) error {
	return r.changed(noIamPolicy, `UPDATE iam_policies SET default_version = $1, newest_version = $2, updated_ms = $3 WHERE aws_account_id = $4 AND name_key = $5`,
		p.DefaultVersion, p.NewestVersion, p.UpdatedMs, p.AwsAccountID, Fold(p.PolicyName))
}

// DeleteIamPolicy removes a policy with its versions, or returns ErrNotFound.
func (r Records) DeleteIamPolicy(p *IamPolicy) error {
	if _, err := r.tx.Exec(`DELETE FROM iam_policy_versions WHERE policy_id = $1`, p.PolicyID); err != nil {
		return err
	}
	return r.changed(noIamPolicy, `DELETE FROM iam_policies WHERE aws_account_id = $1 AND name_key = $2`, p.AwsAccountID, Fold(p.PolicyName))
}

// IamPolicyVersion is a document of a managed policy.
type IamPolicyVersion struct {
	PolicyID  string
	Version   int64
	Document  string
	CreatedMs int64
}

const iamPolicyVersionColumns = `policy_id, version, document, created_ms`

func (v *IamPolicyVersion) scan(row engine.Row) error {
	return row.Scan(&v.PolicyID, &v.Version, &v.Document, &v.CreatedMs)
}

// IamPolicyVersion returns a version of a policy, or ErrNotFound.
func (r Records) IamPolicyVersion(policyID string, version int64) (v IamPolicyVersion, err error) {
	err = r.one(noIamPolicyVersion, `SELECT `+iamPolicyVersionColumns+` FROM iam_policy_versions WHERE policy_id = $1 AND version = $2`, []any{policyID, version}, v.scan)
	return v, err
}

// IamPolicyVersions returns the versions of a policy, the newest first.
func (r Records) IamPolicyVersions(policyID string) ([]IamPolicyVersion, error) {
	return collect[IamPolicyVersion](r, `SELECT `+iamPolicyVersionColumns+` FROM iam_policy_versions WHERE policy_id = $1 ORDER BY version DESC`, []any{policyID})
}

// InsertIamPolicyVersion adds a version of a policy.
func (r Records) InsertIamPolicyVersion(v *IamPolicyVersion) error {
	return r.insert(`INSERT INTO iam_policy_versions (`+iamPolicyVersionColumns+`) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`, v.PolicyID, v.Version, v.Document, v.CreatedMs)
}

// DeleteIamPolicyVersion removes a version, or returns ErrNotFound.
func (r Records) DeleteIamPolicyVersion(policyID string, version int64) error {
	return r.changed(noIamPolicyVersion, `DELETE FROM iam_policy_versions WHERE policy_id = $1 AND version = $2`, policyID, version)
}
