package e2e

import "testing"

func TestAudit_lookup_through_go_v2(t *testing.T)         { throughGoV2(t, looksUp) }
func TestAudit_lookup_through_boto3(t *testing.T)         { throughBoto3(t, looksUp) }
func TestAudit_lookup_through_javascript_v3(t *testing.T) { throughJavaScriptV3(t, looksUp) }
func TestAudit_lookup_through_aws_cli(t *testing.T)       { throughAWSCLI(t, looksUp) }
