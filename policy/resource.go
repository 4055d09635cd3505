package policy

import (
	"slices"
	"strings"
)

// What IAM answers to a Resource or NotResource.
const (
	notARN         = `Resource %s must be in ARN format or "*".`
	badPartition   = `Partition "%s" is not valid for resource "arn:%s:%s:%s:%s:%s".`
	badService     = "Resource vendor must be fully qualified and cannot contain regexes."
	iamRegion      = "IAM resource %s cannot contain region information."
	s3Region       = "Resource %s can not contain region information."
	iamPath        = `IAM resource path must either be "*" or start with %s.`
	maxResourceLen = 2048 // how much of a resource an error repeats
)

// partitions are those of ARNs.
var partitions = []string{"*", "aws", "aws-cn", "aws-us-gov", "aws-iso", "aws-iso-b", "aws-iso-e", "aws-iso-f", "aws-eusc"}

// iamPaths are how the last part of an IAM ARN may begin.
var iamPaths = []string{
	"user/", "federated-user/", "role/", "group/", "instance-profile/", "mfa/", "server-certificate/", "policy/",
	"sms-mfa/", "saml-provider/", "oidc-provider/", "report/", "access-report/",
}

// checkResources refuses resources that IAM's second look does not understand.
// It does not go on behind a resource whose format is wrong, which IAM reports
// later: see checkFormats.
func (d *Document) checkResources() *Error {
	for i := range d.statements {
		for _, r := range d.statements[i].resources.values {
			if checkFormat(r) != nil {
				return nil
			}
			if !isLegacyARN(r.string) {
				return refuse(r.where, legacy).because("an ARN has six parts and names a service")
			}
		}
	}
	return nil
}

// isLegacyARN tells what looks like an ARN. One that is short ends before its
// region or account; see matchers in compile.go for what that means.
func isLegacyARN(r string) bool {
	if r == "*" {
		return true
	}
	parts := strings.Split(r, ":")
	return (len(parts) >= 6 || !strings.Contains(r, "::")) && parts[2] != ""
}

func (d *Document) checkFormats() *Error {
	for i := range d.statements {
		for _, r := range d.statements[i].resources.values {
			if err := checkFormat(r); err != nil {
				return err
			}
		}
	}
	return nil
}

func checkFormat(r text) *Error {
	if r.string == "*" {
		return nil
	}
	// More than six parts are six, the last with colons in it.
	parts := strings.SplitN(r.string, ":", 6)
	shown := r.string[:min(len(r.string), maxResourceLen)]
	switch {
	case len(parts) == 1:
		return refuse(r.where, notARN, shown)
	case !slices.Contains(partitions, parts[1]):
		return refusePartition(r, parts)
	case parts[0] != "arn":
		return refuse(r.where, notARN, shown)
	case len(parts) == 2, strings.ContainsAny(parts[2], "*?"):
		return refuse(r.where, badService)
	case parts[2] == "iam":
		return checkIAM(r, parts, shown)
	case parts[2] == "s3" && (len(parts) == 3 || parts[3] != "") && !strings.HasPrefix(part(parts, 5), "accesspoint/"):
		return refuse(r.where, s3Region, shown)
	}
	return nil
}

// checkIAM refuses ARNs of IAM with a region, or that name none of its things.
func checkIAM(r text, parts []string, shown string) *Error {
	if len(parts) == 3 || parts[3] != "" {
		return refuse(r.where, iamRegion, shown)
	}
	rest := part(parts, 5)
	known := func(prefix string) bool { return strings.HasPrefix(rest, prefix) }
	if rest != "*" && !slices.ContainsFunc(iamPaths, known) {
		return refuse(r.where, iamPath, strings.Join(iamPaths, ", "))
	}
	return nil
}

// refusePartition shows the ARN with the parts that it lacks as asterisks.
func refusePartition(r text, parts []string) *Error {
	args := []any{clip(parts[1]), clip(parts[1]), "*", "*", "*", "*"}
	for i := 2; i < len(parts); i++ {
		args[i] = clip(parts[i])
	}
	if len(parts) == 3 && parts[2] == "" {
		args[2] = "*"
	}
	return refuse(r.where, badPartition, args...)
}

func part(parts []string, i int) string {
	if i < len(parts) {
		return parts[i]
	}
	return ""
}
