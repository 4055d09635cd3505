--
-- PostgreSQL database dump
--

\restrict 0ZbyPTO3DyUFLe3TWX9RaHDRwvCKEYhsLumkyMdBk3AMemsvJDlb5cEEK9JbDpn

-- Dumped from database version 15.18 (Debian 15.18-0+deb12u1)
-- Dumped by pg_dump version 15.18 (Debian 15.18-0+deb12u1)

SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

SET default_tablespace = '';

SET default_table_access_method = heap;

--
-- Name: access_key_uses; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.access_key_uses (
    access_key_id text NOT NULL COLLATE pg_catalog."C",
    used_ms bigint NOT NULL,
    service text NOT NULL,
    region text NOT NULL
);


--
-- Name: access_keys; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.access_keys (
    access_key_id text NOT NULL COLLATE pg_catalog."C",
    aws_account_id text NOT NULL COLLATE pg_catalog."C",
    sealed_secret bytea NOT NULL,
    active boolean NOT NULL,
    created_ms bigint NOT NULL,
    user_id text DEFAULT ''::text NOT NULL COLLATE pg_catalog."C"
);


--
-- Name: account_counts; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.account_counts (
    aws_account_id text NOT NULL COLLATE pg_catalog."C",
    accounts bigint NOT NULL
);


--
-- Name: accounts; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.accounts (
    account_id text NOT NULL COLLATE pg_catalog."C",
    aws_account_id text NOT NULL COLLATE pg_catalog."C",
    name text NOT NULL,
    name_key text NOT NULL COLLATE pg_catalog."C",
    account_type text NOT NULL,
    account_status text NOT NULL,
    default_license text NOT NULL,
    directory_id text NOT NULL,
    delegate_groups text NOT NULL,
    disable_remote_control boolean NOT NULL,
    enable_dial_out boolean NOT NULL,
    created_ms bigint NOT NULL
);


--
-- Name: audit_batches; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.audit_batches (
    batch bigint NOT NULL,
    first_ms bigint NOT NULL,
    last_ms bigint NOT NULL,
    records bigint NOT NULL,
    content bytea NOT NULL,
    hash bytea NOT NULL,
    seal bytea NOT NULL
);


--
-- Name: audit_chain; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.audit_chain (
    name text NOT NULL COLLATE pg_catalog."C",
    batch bigint NOT NULL,
    hash bytea NOT NULL,
    seal bytea NOT NULL,
    owner text NOT NULL,
    leased_ms bigint NOT NULL
);


--
-- Name: audit_index; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.audit_index (
    aws_account_id text NOT NULL COLLATE pg_catalog."C",
    attribute bigint NOT NULL,
    value text NOT NULL COLLATE pg_catalog."C",
    last_ms bigint NOT NULL,
    batch bigint NOT NULL,
    first_ms bigint NOT NULL
);


--
-- Name: audit_pending; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.audit_pending (
    account_id text NOT NULL COLLATE pg_catalog."C",
    event_id text NOT NULL COLLATE pg_catalog."C",
    aws_account_id text NOT NULL COLLATE pg_catalog."C",
    record bytea NOT NULL
);


--
-- Name: aws_account_settings; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.aws_account_settings (
    aws_account_id text NOT NULL COLLATE pg_catalog."C",
    calling_name text NOT NULL,
    calling_name_ms bigint NOT NULL,
    business_calling_bucket text NOT NULL,
    voice_connector_bucket text NOT NULL
);


--
-- Name: bots; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.bots (
    account_id text NOT NULL COLLATE pg_catalog."C",
    bot_id text NOT NULL COLLATE pg_catalog."C",
    aws_account_id text NOT NULL COLLATE pg_catalog."C",
    display_name text NOT NULL,
    email text NOT NULL,
    email_key text NOT NULL COLLATE pg_catalog."C",
    disabled boolean NOT NULL,
    token_serial bigint NOT NULL,
    https_endpoint text NOT NULL,
    lambda_arn text NOT NULL,
    created_ms bigint NOT NULL,
    updated_ms bigint NOT NULL
);


--
-- Name: console_files; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.console_files (
    file_id text NOT NULL COLLATE pg_catalog."C",
    part bigint NOT NULL,
    aws_account_id text NOT NULL COLLATE pg_catalog."C",
    account_id text NOT NULL COLLATE pg_catalog."C",
    content bytea NOT NULL,
    expires_ms bigint NOT NULL
);


--
-- Name: console_notes; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.console_notes (
    note_id text NOT NULL COLLATE pg_catalog."C",
    line bigint NOT NULL,
    body text NOT NULL,
    expires_ms bigint NOT NULL
);


--
-- Name: deleted_accounts; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.deleted_accounts (
    account_id text NOT NULL COLLATE pg_catalog."C",
    aws_account_id text NOT NULL COLLATE pg_catalog."C",
    name text NOT NULL,
    account_type text NOT NULL,
    created_ms bigint NOT NULL,
    deleted_ms bigint NOT NULL
);


--
-- Name: domains; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.domains (
    aws_account_id text NOT NULL COLLATE pg_catalog."C",
    domain_name text NOT NULL COLLATE pg_catalog."C",
    account_id text NOT NULL COLLATE pg_catalog."C",
    created_ms bigint NOT NULL
);


--
-- Name: former_users; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.former_users (
    account_id text NOT NULL COLLATE pg_catalog."C",
    email_key text NOT NULL COLLATE pg_catalog."C",
    user_id text NOT NULL COLLATE pg_catalog."C"
);


--
-- Name: iam_attachments; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.iam_attachments (
    user_id text NOT NULL COLLATE pg_catalog."C",
    policy_arn text NOT NULL COLLATE pg_catalog."C",
    aws_account_id text NOT NULL COLLATE pg_catalog."C"
);


--
-- Name: iam_changes; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.iam_changes (
    aws_account_id text NOT NULL COLLATE pg_catalog."C",
    changes bigint NOT NULL
);


--
-- Name: iam_policies; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.iam_policies (
    aws_account_id text NOT NULL COLLATE pg_catalog."C",
    name_key text NOT NULL COLLATE pg_catalog."C",
    policy_id text NOT NULL COLLATE pg_catalog."C",
    policy_name text NOT NULL,
    path text NOT NULL COLLATE pg_catalog."C",
    description text NOT NULL,
    default_version bigint NOT NULL,
    newest_version bigint NOT NULL,
    created_ms bigint NOT NULL,
    updated_ms bigint NOT NULL
);


--
-- Name: iam_policy_versions; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.iam_policy_versions (
    policy_id text NOT NULL COLLATE pg_catalog."C",
    version bigint NOT NULL,
    document text NOT NULL,
    created_ms bigint NOT NULL
);


--
-- Name: iam_user_policies; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.iam_user_policies (
    user_id text NOT NULL COLLATE pg_catalog."C",
    policy_name text NOT NULL COLLATE pg_catalog."C",
    document text NOT NULL
);


--
-- Name: iam_users; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.iam_users (
    aws_account_id text NOT NULL COLLATE pg_catalog."C",
    name_key text NOT NULL COLLATE pg_catalog."C",
    user_id text NOT NULL COLLATE pg_catalog."C",
    user_name text NOT NULL,
    path text NOT NULL COLLATE pg_catalog."C",
    created_ms bigint NOT NULL
);


--
-- Name: invitations; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.invitations (
    invite_id text NOT NULL COLLATE pg_catalog."C",
    account_id text NOT NULL COLLATE pg_catalog."C",
    aws_account_id text NOT NULL COLLATE pg_catalog."C",
    user_id text NOT NULL COLLATE pg_catalog."C",
    email text NOT NULL,
    invited_by text NOT NULL,
    languages text NOT NULL,
    status text NOT NULL COLLATE pg_catalog."C",
    email_status text NOT NULL,
    serial bigint NOT NULL,
    attempts bigint NOT NULL,
    last_error text NOT NULL,
    created_ms bigint NOT NULL,
    invited_ms bigint NOT NULL,
    expires_ms bigint NOT NULL
);


--
-- Name: jobs; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.jobs (
    job_id text NOT NULL COLLATE pg_catalog."C",
    kind text NOT NULL,
    payload text NOT NULL,
    state text NOT NULL,
    due_ms bigint NOT NULL,
    leased_ms bigint NOT NULL,
    owner text NOT NULL,
    attempts bigint NOT NULL,
    last_error text NOT NULL,
    created_ms bigint NOT NULL,
    aws_account_id text DEFAULT ''::text NOT NULL COLLATE pg_catalog."C"
);


--
-- Name: messages; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.messages (
    account_id text NOT NULL COLLATE pg_catalog."C",
    container_type text NOT NULL,
    container_id text NOT NULL COLLATE pg_catalog."C",
    message_id text NOT NULL COLLATE pg_catalog."C",
    sender text NOT NULL,
    content text NOT NULL,
    redacted boolean NOT NULL,
    created_ms bigint NOT NULL
);


--
-- Name: offered_numbers; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.offered_numbers (
    e164 text NOT NULL COLLATE pg_catalog."C",
    country text NOT NULL,
    number_type text NOT NULL,
    area_code text NOT NULL,
    city_key text NOT NULL,
    city text NOT NULL,
    state text NOT NULL,
    product_types text NOT NULL,
    created_ms bigint NOT NULL
);


--
-- Name: phone_number_orders; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.phone_number_orders (
    aws_account_id text NOT NULL COLLATE pg_catalog."C",
    order_id text NOT NULL COLLATE pg_catalog."C",
    product_type text NOT NULL,
    status text NOT NULL,
    items text NOT NULL,
    created_ms bigint NOT NULL,
    updated_ms bigint NOT NULL
);


--
-- Name: phone_numbers; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.phone_numbers (
    e164 text NOT NULL COLLATE pg_catalog."C",
    aws_account_id text NOT NULL COLLATE pg_catalog."C",
    country text NOT NULL,
    number_type text NOT NULL,
    product_type text NOT NULL,
    status text NOT NULL,
    calling_name text NOT NULL,
    calling_name_status text NOT NULL,
    account_id text NOT NULL COLLATE pg_catalog."C",
    user_id text NOT NULL COLLATE pg_catalog."C",
    order_id text NOT NULL COLLATE pg_catalog."C",
    associated_ms bigint NOT NULL,
    created_ms bigint NOT NULL,
    updated_ms bigint NOT NULL,
    deletion_ms bigint NOT NULL
);


--
-- Name: retention_settings; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.retention_settings (
    account_id text NOT NULL COLLATE pg_catalog."C",
    room_days bigint NOT NULL,
    conversation_days bigint NOT NULL,
    set_ms bigint NOT NULL,
    deletion_ms bigint NOT NULL
);


--
-- Name: room_memberships; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.room_memberships (
    account_id text NOT NULL COLLATE pg_catalog."C",
    room_id text NOT NULL COLLATE pg_catalog."C",
    member_id text NOT NULL COLLATE pg_catalog."C",
    member_type text NOT NULL,
    member_role text NOT NULL,
    invited_by text NOT NULL,
    created_ms bigint NOT NULL,
    updated_ms bigint NOT NULL
);


--
-- Name: room_tokens; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.room_tokens (
    account_id text NOT NULL COLLATE pg_catalog."C",
    token text NOT NULL COLLATE pg_catalog."C",
    room_id text NOT NULL COLLATE pg_catalog."C",
    name text NOT NULL
);


--
-- Name: rooms; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.rooms (
    account_id text NOT NULL COLLATE pg_catalog."C",
    room_id text NOT NULL COLLATE pg_catalog."C",
    aws_account_id text NOT NULL COLLATE pg_catalog."C",
    name text NOT NULL,
    created_by text NOT NULL,
    created_ms bigint NOT NULL,
    updated_ms bigint NOT NULL
);


--
-- Name: schema_version; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.schema_version (
    version bigint NOT NULL,
    compatible bigint DEFAULT 0 NOT NULL,
    unfinished text DEFAULT ''::text NOT NULL
);


--
-- Name: scim_emails; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.scim_emails (
    account_id text NOT NULL COLLATE pg_catalog."C",
    email_key text NOT NULL COLLATE pg_catalog."C",
    user_id text NOT NULL COLLATE pg_catalog."C"
);


--
-- Name: scim_groups; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.scim_groups (
    account_id text NOT NULL COLLATE pg_catalog."C",
    group_id text NOT NULL COLLATE pg_catalog."C",
    aws_account_id text NOT NULL COLLATE pg_catalog."C",
    name text NOT NULL,
    name_key text NOT NULL COLLATE pg_catalog."C",
    external_id text NOT NULL COLLATE pg_catalog."C",
    license text NOT NULL,
    created_ms bigint NOT NULL,
    changed_ms bigint NOT NULL
);


--
-- Name: scim_members; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.scim_members (
    account_id text NOT NULL COLLATE pg_catalog."C",
    group_id text NOT NULL COLLATE pg_catalog."C",
    user_id text NOT NULL COLLATE pg_catalog."C"
);


--
-- Name: scim_requests; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.scim_requests (
    account_id text NOT NULL COLLATE pg_catalog."C",
    at_us bigint NOT NULL,
    request_id text NOT NULL COLLATE pg_catalog."C",
    method text NOT NULL,
    path text NOT NULL,
    status bigint NOT NULL,
    scim_type text NOT NULL,
    detail text NOT NULL,
    duration_ms bigint NOT NULL,
    token_id text NOT NULL
);


--
-- Name: scim_tokens; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.scim_tokens (
    token_id text NOT NULL COLLATE pg_catalog."C",
    aws_account_id text NOT NULL COLLATE pg_catalog."C",
    account_id text NOT NULL COLLATE pg_catalog."C",
    name text NOT NULL,
    hash bytea NOT NULL,
    created_ms bigint NOT NULL,
    expires_ms bigint NOT NULL,
    used_ms bigint NOT NULL
);


--
-- Name: scim_users; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.scim_users (
    account_id text NOT NULL COLLATE pg_catalog."C",
    user_id text NOT NULL COLLATE pg_catalog."C",
    aws_account_id text NOT NULL COLLATE pg_catalog."C",
    external_id text NOT NULL COLLATE pg_catalog."C",
    attributes text NOT NULL,
    changed_ms bigint NOT NULL,
    left_email text NOT NULL,
    left_key text NOT NULL COLLATE pg_catalog."C",
    left_name text NOT NULL,
    left_license text NOT NULL,
    left_type text NOT NULL,
    left_created_ms bigint NOT NULL
);


--
-- Name: server_secrets; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.server_secrets (
    name text NOT NULL COLLATE pg_catalog."C",
    value bytea NOT NULL
);


--
-- Name: test_clock; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.test_clock (
    id bigint NOT NULL,
    offset_ms bigint NOT NULL
);


--
-- Name: user_activity; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.user_activity (
    account_id text NOT NULL COLLATE pg_catalog."C",
    user_id text NOT NULL COLLATE pg_catalog."C",
    week_ms bigint NOT NULL,
    active_ms bigint NOT NULL,
    messages bigint NOT NULL
);


--
-- Name: user_blocks; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.user_blocks (
    account_id text NOT NULL COLLATE pg_catalog."C",
    place bytea NOT NULL,
    users bigint NOT NULL,
    meta bytea NOT NULL,
    texts bytea NOT NULL
);


--
-- Name: user_changes; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.user_changes (
    account_id text NOT NULL COLLATE pg_catalog."C",
    place bytea NOT NULL,
    added bigint NOT NULL
);


--
-- Name: user_packing; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.user_packing (
    format bigint NOT NULL,
    phase bigint NOT NULL,
    account_id text NOT NULL COLLATE pg_catalog."C",
    place bytea NOT NULL
);


--
-- Name: user_rows; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.user_rows (
    account_id text NOT NULL COLLATE pg_catalog."C",
    place bytea NOT NULL,
    other_id bytea NOT NULL,
    email_key text NOT NULL COLLATE pg_catalog."C",
    shared_device boolean NOT NULL,
    data json NOT NULL,
    changed_ms bigint DEFAULT 0 NOT NULL
);


--
-- Name: users; Type: VIEW; Schema: public; Owner: -
--

CREATE VIEW public.users AS
 SELECT timed.account_id,
    COALESCE((timed.data ->> 'u'::text), ((((((((substr(timed.hex_id, 1, 8) || '-'::text) || substr(timed.hex_id, 9, 4)) || '-'::text) || substr(timed.hex_id, 13, 4)) || '-'::text) || substr(timed.hex_id, 17, 4)) || '-'::text) || substr(timed.hex_id, 21))) AS user_id,
    timed.aws_account_id,
    COALESCE((timed.data ->> 'e'::text),
        CASE
            WHEN (strpos(timed.email_key, ' '::text) > 0) THEN substr(timed.email_key, 1, (strpos(timed.email_key, ' '::text) - 1))
            ELSE timed.email_key
        END) AS email,
    timed.email_key,
    COALESCE((timed.data ->> 'n'::text), ''::text) AS display_name,
    COALESCE((timed.data ->> 'l'::text), 'Pro'::text) AS license,
    COALESCE((timed.data ->> 't'::text), 'PrivateUser'::text) AS user_type,
    COALESCE((timed.data ->> 'g'::text), 'Registered'::text) AS registration,
    COALESCE((timed.data ->> 'i'::text), ''::text) AS invitation,
    COALESCE((timed.data ->> 'j'::text), ''::text) AS invite_id,
    COALESCE((timed.data ->> 'm'::text), ''::text) AS email_status,
    COALESCE((timed.data ->> 'p'::text), ''::text) AS personal_pin,
    COALESCE((timed.data ->> 'h'::text), ''::text) AS phone_number,
    ((timed.data ->> 'a'::text) IS NOT NULL) AS alexa_enabled,
    COALESCE((timed.data ->> 'w'::text), ''::text) AS alexa_room_arn,
    ((timed.data ->> 'c'::text) IS NOT NULL) AS inbound_calling,
    ((timed.data ->> 'o'::text) IS NOT NULL) AS outbound_calling,
    ((timed.data ->> 's'::text) IS NOT NULL) AS sms,
    timed.created_ms,
    COALESCE((timed.created_ms + ((timed.data ->> 'r'::text))::bigint), (0)::bigint) AS registered_ms,
    COALESCE((timed.created_ms + ((timed.data ->> 'd'::text))::bigint), (0)::bigint) AS invited_ms,
    COALESCE((timed.created_ms + ((timed.data ->> 'x'::text))::bigint), (0)::bigint) AS signed_out_ms
   FROM ( SELECT placed.account_id,
            placed.aws_account_id,
            placed.email_key,
            placed.data,
            lower(encode(placed.id, 'hex'::text)) AS hex_id,
            ((((((((((((strpos('123456789ABCDEF'::text, substr(placed.hex_place, 1, 1)) * '17592186044416'::bigint) + (strpos('123456789ABCDEF'::text, substr(placed.hex_place, 2, 1)) * '1099511627776'::bigint)) + (strpos('123456789ABCDEF'::text, substr(placed.hex_place, 3, 1)) * '68719476736'::bigint)) + (strpos('123456789ABCDEF'::text, substr(placed.hex_place, 4, 1)) * '4294967296'::bigint)) + (strpos('123456789ABCDEF'::text, substr(placed.hex_place, 5, 1)) * (268435456)::bigint)) + (strpos('123456789ABCDEF'::text, substr(placed.hex_place, 6, 1)) * 16777216)) + (strpos('123456789ABCDEF'::text, substr(placed.hex_place, 7, 1)) * 1048576)) + (strpos('123456789ABCDEF'::text, substr(placed.hex_place, 8, 1)) * 65536)) + (strpos('123456789ABCDEF'::text, substr(placed.hex_place, 9, 1)) * 4096)) + (strpos('123456789ABCDEF'::text, substr(placed.hex_place, 10, 1)) * 256)) + (strpos('123456789ABCDEF'::text, substr(placed.hex_place, 11, 1)) * 16)) + strpos('123456789ABCDEF'::text, substr(placed.hex_place, 12, 1))) AS created_ms
           FROM ( SELECT r.account_id,
                    a.aws_account_id,
                    r.email_key,
                    r.data,
                    upper(encode(r.place, 'hex'::text)) AS hex_place,
                        CASE
                            WHEN (length(r.other_id) = 0) THEN r.place
                            ELSE substr(r.other_id, 2)
                        END AS id
                   FROM (public.user_rows r
                     JOIN public.accounts a ON ((a.account_id = r.account_id)))) placed) timed;


--
-- Name: webhooks; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.webhooks (
    webhook_id text NOT NULL COLLATE pg_catalog."C",
    aws_account_id text NOT NULL COLLATE pg_catalog."C",
    account_id text NOT NULL COLLATE pg_catalog."C",
    room_id text NOT NULL COLLATE pg_catalog."C",
    bot_id text NOT NULL COLLATE pg_catalog."C",
    name text NOT NULL,
    created_by text NOT NULL,
    created_ms bigint NOT NULL,
    expires_ms bigint NOT NULL,
    posted_ms bigint NOT NULL
);


--
-- Data for Name: access_key_uses; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.access_key_uses VALUES ('AKIAOTHER', 3, 'chime', 'us-east-1');


--
-- Data for Name: access_keys; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.access_keys VALUES ('AKIAEXAMPLE', '111122223333', '\x0001ff', true, 50, 'AIDAEXAMPLE');


--
-- Data for Name: account_counts; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.account_counts VALUES ('111122223333', 2);


--
-- Data for Name: accounts; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.accounts VALUES ('team', '111122223333', 'Ängström', 'ängström', 'Team', 'Active', 'Pro', '', '', false, false, 100);
INSERT INTO public.accounts VALUES ('enterprise', '111122223333', 'Example', 'example', 'EnterpriseDirectory', 'Active', 'Basic', 'd-1', '["one","two"]', true, true, 200);


--
-- Data for Name: audit_batches; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.audit_batches VALUES (1, 2, 3, 4, '\x00ff', '\x01', '\x02');


--
-- Data for Name: audit_chain; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.audit_chain VALUES ('head', 1, '\x01', '\x02', '', 0);


--
-- Data for Name: audit_index; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.audit_index VALUES ('111122223333', 1, 'v', 3, 1, 2);


--
-- Data for Name: audit_pending; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.audit_pending VALUES ('enterprise', '01a20062-d742-74dd-9fa3-358c8e40332b', '111122223333', '\x7b7d');


--
-- Data for Name: aws_account_settings; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.aws_account_settings VALUES ('111122223333', 'Example', 8, 'b', 'v');


--
-- Data for Name: bots; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.bots VALUES ('enterprise', 'bot', '111122223333', 'Helper', 'helper-chimebot@example.com', 'helper-chimebot@example.com', false, 3, 'https://bot.example.com', '', 1, 2);


--
-- Data for Name: console_files; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.console_files VALUES ('file', 0, '111122223333', 'enterprise', '\x00ff', 9);


--
-- Data for Name: console_notes; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.console_notes VALUES ('note', 1, 'text', 9);


--
-- Data for Name: deleted_accounts; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.deleted_accounts VALUES ('gone', '111122223333', 'Gone', 'Team', 1, 300);


--
-- Data for Name: domains; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.domains VALUES ('111122223333', 'example.com', 'enterprise', 210);


--
-- Data for Name: former_users; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.former_users VALUES ('team', 'zoë@example.com', 'left');


--
-- Data for Name: iam_attachments; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.iam_attachments VALUES ('AIDAEXAMPLE', 'arn:aws:iam::aws:policy/AmazonChimeFullAccess', '111122223333');


--
-- Data for Name: iam_changes; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.iam_changes VALUES ('111122223333', 1);


--
-- Data for Name: iam_policies; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.iam_policies VALUES ('111122223333', 'readers', 'ANPAEXAMPLE', 'Readers', '/x/', 'Who reads', 1, 1, 1, 2);


--
-- Data for Name: iam_policy_versions; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.iam_policy_versions VALUES ('ANPAEXAMPLE', 1, '{}', 1);


--
-- Data for Name: iam_user_policies; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.iam_user_policies VALUES ('AIDAEXAMPLE', 'own', '{}');


--
-- Data for Name: iam_users; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.iam_users VALUES ('111122223333', 'alice', 'AIDAEXAMPLE', 'alice', '/', 50);


--
-- Data for Name: invitations; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.invitations VALUES ('invitation', 'team', '111122223333', '1', 'a@example.com', 'arn', 'de', 'Pending', 'Sent', 2, 3, '450', 4, 5, 6);


--
-- Data for Name: jobs; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.jobs VALUES ('job', 'housekeeping', '{}', 'Pending', 5, 0, '', 0, '', 4, '');


--
-- Data for Name: messages; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.messages VALUES ('enterprise', 'Room', 'room', 'm', 'full', 'Hé', false, 5);


--
-- Data for Name: offered_numbers; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.offered_numbers VALUES ('+12065550101', 'US', 'Local', '206', 'seattle', 'Seattle', 'WA', 'BusinessCalling', 7);


--
-- Data for Name: phone_number_orders; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.phone_number_orders VALUES ('111122223333', 'order', 'BusinessCalling', 'Successful', '[{"e":"+12065550100","s":"Acquired"}]', 5, 6);


--
-- Data for Name: phone_numbers; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.phone_numbers VALUES ('+12065550100', '111122223333', 'US', 'Local', 'BusinessCalling', 'Assigned', 'Jane', 'UpdateSucceeded', 'enterprise', 'full', 'order', 1, 2, 3, 4);


--
-- Data for Name: retention_settings; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.retention_settings VALUES ('enterprise', 1, 2, 3, 4);


--
-- Data for Name: room_memberships; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.room_memberships VALUES ('enterprise', 'room', 'full', 'User', 'Administrator', 'arn', 3, 4);


--
-- Data for Name: room_tokens; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.room_tokens VALUES ('enterprise', 'token', 'room', 'Kitchen');


--
-- Data for Name: rooms; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.rooms VALUES ('enterprise', 'room', '111122223333', 'Kitchen', 'arn', 1, 2);


--
-- Data for Name: schema_version; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.schema_version VALUES (1, 0, '');
INSERT INTO public.schema_version VALUES (2, 0, '');
INSERT INTO public.schema_version VALUES (3, 3, '');
INSERT INTO public.schema_version VALUES (4, 3, '');
INSERT INTO public.schema_version VALUES (5, 3, '');
INSERT INTO public.schema_version VALUES (6, 6, '');
INSERT INTO public.schema_version VALUES (7, 7, '');
INSERT INTO public.schema_version VALUES (8, 8, '');
INSERT INTO public.schema_version VALUES (9, 8, '');
INSERT INTO public.schema_version VALUES (10, 8, '');
INSERT INTO public.schema_version VALUES (11, 8, '');
INSERT INTO public.schema_version VALUES (12, 8, '');
INSERT INTO public.schema_version VALUES (13, 8, '');


--
-- Data for Name: scim_emails; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.scim_emails VALUES ('enterprise', 'other@example.com', 'full');


--
-- Data for Name: scim_groups; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.scim_groups VALUES ('enterprise', 'g', '111122223333', 'Sales', 'sales', 'E', 'Pro', 5, 6);


--
-- Data for Name: scim_members; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.scim_members VALUES ('enterprise', 'g', 'full');


--
-- Data for Name: scim_requests; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.scim_requests VALUES ('enterprise', 7, 'r', 'PATCH', '/Users/u', 400, 'invalidValue', 'Why', 8, 't');


--
-- Data for Name: scim_tokens; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.scim_tokens VALUES ('t', '111122223333', 'enterprise', 'Okta', '\x0102', 1, 2, 3);


--
-- Data for Name: scim_users; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.scim_users VALUES ('enterprise', 'full', '111122223333', 'X', '{"title":"Dr"}', 4, '', '', '', '', '', 0);


--
-- Data for Name: server_secrets; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.server_secrets VALUES ('master', '\x736563726574');


--
-- Data for Name: test_clock; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.test_clock VALUES (1, 4711);


--
-- Data for Name: user_activity; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.user_activity VALUES ('enterprise', 'full', -345600000, 7, 1);


--
-- Data for Name: user_blocks; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.user_blocks VALUES ('enterprise', '\x70', 1, '\x01000000060170000d00000000', '\x61406578616d706c652e636f6d');


--
-- Data for Name: user_changes; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.user_changes VALUES ('enterprise', '\x70', 1);


--
-- Data for Name: user_packing; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.user_packing VALUES (0, 1, 'enterprise', '\x70');


--
-- Data for Name: user_rows; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.user_rows VALUES ('enterprise', '\x00000000006e0266756c6c', '\x0266756c6c', 'jane.doe@example.com', true, '{"e":"Jane.Doe@Example.com","n":"Jane Doe","t":"SharedDevice","i":"Accepted","j":"i","m":"Sent","p":"1234567890","h":"+12065550100","w":"arn","a":1,"c":1,"o":1,"s":1,"r":10,"d":20,"x":30,"u":"full"}', 0);
INSERT INTO public.user_rows VALUES ('team', '\x0000000000010231', '\x0231', 'jürgen@xn--bcher-kva.example', false, '{"e":"Jürgen@Bücher.example","g":"","u":"1"}', 0);
INSERT INTO public.user_rows VALUES ('team', '\x0000000000030233', '\x0233', 'ann@example.com', false, '{"e":"ann​@example.com","g":"","u":"3"}', 0);
INSERT INTO public.user_rows VALUES ('team', '\x0000000000050235', '\x0235', 'bob@example.com', false, '{"g":"","u":"5"}', 0);
INSERT INTO public.user_rows VALUES ('team', '\x0000000000060236', '\x0236', 'plain@example.com', false, '{"e":"PLAIN@example.com","g":"","u":"6"}', 0);


--
-- Data for Name: webhooks; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.webhooks VALUES ('hook', '111122223333', 'enterprise', 'room', '', 'News', 'arn', 1, 0, 0);


--
-- Name: access_key_uses access_key_uses_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.access_key_uses
    ADD CONSTRAINT access_key_uses_pkey PRIMARY KEY (access_key_id);


--
-- Name: access_keys access_keys_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.access_keys
    ADD CONSTRAINT access_keys_pkey PRIMARY KEY (access_key_id);


--
-- Name: account_counts account_counts_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.account_counts
    ADD CONSTRAINT account_counts_pkey PRIMARY KEY (aws_account_id);


--
-- Name: accounts accounts_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.accounts
    ADD CONSTRAINT accounts_pkey PRIMARY KEY (account_id);


--
-- Name: audit_batches audit_batches_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.audit_batches
    ADD CONSTRAINT audit_batches_pkey PRIMARY KEY (batch);


--
-- Name: audit_chain audit_chain_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.audit_chain
    ADD CONSTRAINT audit_chain_pkey PRIMARY KEY (name);


--
-- Name: audit_index audit_index_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.audit_index
    ADD CONSTRAINT audit_index_pkey PRIMARY KEY (aws_account_id, attribute, value, last_ms, batch);


--
-- Name: audit_pending audit_pending_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.audit_pending
    ADD CONSTRAINT audit_pending_pkey PRIMARY KEY (event_id, account_id);


--
-- Name: aws_account_settings aws_account_settings_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.aws_account_settings
    ADD CONSTRAINT aws_account_settings_pkey PRIMARY KEY (aws_account_id);


--
-- Name: bots bots_account_id_email_key_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.bots
    ADD CONSTRAINT bots_account_id_email_key_key UNIQUE (account_id, email_key);


--
-- Name: bots bots_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.bots
    ADD CONSTRAINT bots_pkey PRIMARY KEY (account_id, bot_id);


--
-- Name: console_files console_files_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.console_files
    ADD CONSTRAINT console_files_pkey PRIMARY KEY (file_id, part);


--
-- Name: console_notes console_notes_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.console_notes
    ADD CONSTRAINT console_notes_pkey PRIMARY KEY (note_id, line);


--
-- Name: deleted_accounts deleted_accounts_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.deleted_accounts
    ADD CONSTRAINT deleted_accounts_pkey PRIMARY KEY (account_id);


--
-- Name: domains domains_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.domains
    ADD CONSTRAINT domains_pkey PRIMARY KEY (aws_account_id, domain_name);


--
-- Name: former_users former_users_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.former_users
    ADD CONSTRAINT former_users_pkey PRIMARY KEY (account_id, email_key);


--
-- Name: iam_attachments iam_attachments_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.iam_attachments
    ADD CONSTRAINT iam_attachments_pkey PRIMARY KEY (user_id, policy_arn);


--
-- Name: iam_changes iam_changes_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.iam_changes
    ADD CONSTRAINT iam_changes_pkey PRIMARY KEY (aws_account_id);


--
-- Name: iam_policies iam_policies_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.iam_policies
    ADD CONSTRAINT iam_policies_pkey PRIMARY KEY (aws_account_id, name_key);


--
-- Name: iam_policy_versions iam_policy_versions_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.iam_policy_versions
    ADD CONSTRAINT iam_policy_versions_pkey PRIMARY KEY (policy_id, version);


--
-- Name: iam_user_policies iam_user_policies_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.iam_user_policies
    ADD CONSTRAINT iam_user_policies_pkey PRIMARY KEY (user_id, policy_name);


--
-- Name: iam_users iam_users_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.iam_users
    ADD CONSTRAINT iam_users_pkey PRIMARY KEY (aws_account_id, name_key);


--
-- Name: invitations invitations_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.invitations
    ADD CONSTRAINT invitations_pkey PRIMARY KEY (invite_id);


--
-- Name: jobs jobs_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.jobs
    ADD CONSTRAINT jobs_pkey PRIMARY KEY (job_id);


--
-- Name: messages messages_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.messages
    ADD CONSTRAINT messages_pkey PRIMARY KEY (account_id, container_type, container_id, message_id);


--
-- Name: offered_numbers offered_numbers_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.offered_numbers
    ADD CONSTRAINT offered_numbers_pkey PRIMARY KEY (e164);


--
-- Name: phone_number_orders phone_number_orders_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.phone_number_orders
    ADD CONSTRAINT phone_number_orders_pkey PRIMARY KEY (aws_account_id, order_id);


--
-- Name: phone_numbers phone_numbers_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.phone_numbers
    ADD CONSTRAINT phone_numbers_pkey PRIMARY KEY (e164);


--
-- Name: retention_settings retention_settings_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.retention_settings
    ADD CONSTRAINT retention_settings_pkey PRIMARY KEY (account_id);


--
-- Name: room_memberships room_memberships_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.room_memberships
    ADD CONSTRAINT room_memberships_pkey PRIMARY KEY (account_id, room_id, member_id);


--
-- Name: room_tokens room_tokens_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.room_tokens
    ADD CONSTRAINT room_tokens_pkey PRIMARY KEY (account_id, token);


--
-- Name: rooms rooms_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.rooms
    ADD CONSTRAINT rooms_pkey PRIMARY KEY (account_id, room_id);


--
-- Name: schema_version schema_version_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.schema_version
    ADD CONSTRAINT schema_version_pkey PRIMARY KEY (version);


--
-- Name: scim_emails scim_emails_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.scim_emails
    ADD CONSTRAINT scim_emails_pkey PRIMARY KEY (account_id, email_key, user_id);


--
-- Name: scim_groups scim_groups_name_key_account_id_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.scim_groups
    ADD CONSTRAINT scim_groups_name_key_account_id_key UNIQUE (name_key, account_id);


--
-- Name: scim_groups scim_groups_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.scim_groups
    ADD CONSTRAINT scim_groups_pkey PRIMARY KEY (group_id, account_id);


--
-- Name: scim_members scim_members_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.scim_members
    ADD CONSTRAINT scim_members_pkey PRIMARY KEY (account_id, group_id, user_id);


--
-- Name: scim_requests scim_requests_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.scim_requests
    ADD CONSTRAINT scim_requests_pkey PRIMARY KEY (request_id, account_id);


--
-- Name: scim_tokens scim_tokens_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.scim_tokens
    ADD CONSTRAINT scim_tokens_pkey PRIMARY KEY (token_id);


--
-- Name: scim_users scim_users_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.scim_users
    ADD CONSTRAINT scim_users_pkey PRIMARY KEY (user_id, account_id);


--
-- Name: server_secrets server_secrets_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.server_secrets
    ADD CONSTRAINT server_secrets_pkey PRIMARY KEY (name);


--
-- Name: test_clock test_clock_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.test_clock
    ADD CONSTRAINT test_clock_pkey PRIMARY KEY (id);


--
-- Name: user_activity user_activity_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.user_activity
    ADD CONSTRAINT user_activity_pkey PRIMARY KEY (account_id, user_id, week_ms);


--
-- Name: user_blocks user_blocks_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.user_blocks
    ADD CONSTRAINT user_blocks_pkey PRIMARY KEY (account_id, place);


--
-- Name: user_changes user_changes_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.user_changes
    ADD CONSTRAINT user_changes_pkey PRIMARY KEY (account_id, place);


--
-- Name: user_packing user_packing_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.user_packing
    ADD CONSTRAINT user_packing_pkey PRIMARY KEY (format);


--
-- Name: user_rows user_rows_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.user_rows
    ADD CONSTRAINT user_rows_pkey PRIMARY KEY (account_id, place);


--
-- Name: webhooks webhooks_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.webhooks
    ADD CONSTRAINT webhooks_pkey PRIMARY KEY (webhook_id);


--
-- Name: access_keys_of_user; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX access_keys_of_user ON public.access_keys USING btree (user_id, created_ms, access_key_id);


--
-- Name: accounts_by_name; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX accounts_by_name ON public.accounts USING btree (aws_account_id, name_key, created_ms, account_id);


--
-- Name: accounts_newest; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX accounts_newest ON public.accounts USING btree (aws_account_id, created_ms DESC, account_id DESC, name_key);


--
-- Name: audit_batches_by_time; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX audit_batches_by_time ON public.audit_batches USING btree (last_ms, batch, first_ms);


--
-- Name: bots_newest; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX bots_newest ON public.bots USING btree (account_id, created_ms DESC, bot_id DESC);


--
-- Name: console_files_by_end; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX console_files_by_end ON public.console_files USING btree (expires_ms, file_id, part);


--
-- Name: console_files_of_account; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX console_files_of_account ON public.console_files USING btree (account_id, file_id, part);


--
-- Name: console_files_of_owner; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX console_files_of_owner ON public.console_files USING btree (aws_account_id, part, expires_ms, file_id);


--
-- Name: console_notes_by_end; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX console_notes_by_end ON public.console_notes USING btree (expires_ms, note_id, line);


--
-- Name: deleted_accounts_by_age; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX deleted_accounts_by_age ON public.deleted_accounts USING btree (deleted_ms);


--
-- Name: domains_of_account; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX domains_of_account ON public.domains USING btree (account_id, domain_name);


--
-- Name: iam_attachments_of_policy; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX iam_attachments_of_policy ON public.iam_attachments USING btree (aws_account_id, policy_arn, user_id);


--
-- Name: iam_users_by_id; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX iam_users_by_id ON public.iam_users USING btree (user_id);


--
-- Name: invitations_by_status; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX invitations_by_status ON public.invitations USING btree (account_id, status, created_ms, invite_id);


--
-- Name: invitations_of_account; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX invitations_of_account ON public.invitations USING btree (account_id, created_ms, invite_id);


--
-- Name: invitations_of_user; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX invitations_of_user ON public.invitations USING btree (account_id, user_id);


--
-- Name: jobs_by_tenant; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX jobs_by_tenant ON public.jobs USING btree (state, kind, aws_account_id, due_ms, job_id);


--
-- Name: jobs_due; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX jobs_due ON public.jobs USING btree (state, due_ms, job_id);


--
-- Name: messages_by_age; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX messages_by_age ON public.messages USING btree (account_id, container_type, created_ms);


--
-- Name: messages_newest; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX messages_newest ON public.messages USING btree (account_id, container_type, container_id, created_ms DESC, message_id DESC);


--
-- Name: phone_number_orders_newest; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX phone_number_orders_newest ON public.phone_number_orders USING btree (aws_account_id, created_ms DESC, order_id DESC);


--
-- Name: phone_numbers_in_order; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX phone_numbers_in_order ON public.phone_numbers USING btree (aws_account_id, created_ms, e164);


--
-- Name: phone_numbers_of_user; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX phone_numbers_of_user ON public.phone_numbers USING btree (account_id, user_id);


--
-- Name: room_memberships_newest; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX room_memberships_newest ON public.room_memberships USING btree (account_id, room_id, created_ms DESC, member_id DESC);


--
-- Name: room_memberships_of_member; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX room_memberships_of_member ON public.room_memberships USING btree (account_id, member_id);


--
-- Name: room_tokens_of_room; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX room_tokens_of_room ON public.room_tokens USING btree (account_id, room_id);


--
-- Name: rooms_newest; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX rooms_newest ON public.rooms USING btree (account_id, created_ms DESC, room_id DESC);


--
-- Name: scim_emails_of_user; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX scim_emails_of_user ON public.scim_emails USING btree (user_id, account_id, email_key);


--
-- Name: scim_groups_in_order; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX scim_groups_in_order ON public.scim_groups USING btree (account_id, created_ms, group_id);


--
-- Name: scim_members_of_user; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX scim_members_of_user ON public.scim_members USING btree (user_id, account_id, group_id);


--
-- Name: scim_requests_by_age; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX scim_requests_by_age ON public.scim_requests USING btree (at_us, account_id, request_id);


--
-- Name: scim_requests_in_order; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX scim_requests_in_order ON public.scim_requests USING btree (account_id, at_us, request_id);


--
-- Name: scim_tokens_of_account; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX scim_tokens_of_account ON public.scim_tokens USING btree (account_id, created_ms, token_id);


--
-- Name: scim_users_by_external_id; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX scim_users_by_external_id ON public.scim_users USING btree (account_id, external_id, user_id);


--
-- Name: scim_users_left; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX scim_users_left ON public.scim_users USING btree (account_id, left_key, user_id);


--
-- Name: user_rows_by_email; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX user_rows_by_email ON public.user_rows USING btree (email_key, account_id);


--
-- Name: user_rows_by_other_id; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX user_rows_by_other_id ON public.user_rows USING btree (account_id, other_id) WHERE (length(other_id) > 0);


--
-- Name: user_rows_shared_devices; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX user_rows_shared_devices ON public.user_rows USING btree (account_id, place) WHERE shared_device;


--
-- Name: webhooks_expiring; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX webhooks_expiring ON public.webhooks USING btree (expires_ms) WHERE (expires_ms > 0);


--
-- Name: webhooks_of_room; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX webhooks_of_room ON public.webhooks USING btree (account_id, room_id, created_ms, webhook_id);


--
-- Name: bots bots_account_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.bots
    ADD CONSTRAINT bots_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.accounts(account_id);


--
-- Name: former_users former_users_account_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.former_users
    ADD CONSTRAINT former_users_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.accounts(account_id);


--
-- Name: messages messages_account_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.messages
    ADD CONSTRAINT messages_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.accounts(account_id);


--
-- Name: retention_settings retention_settings_account_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.retention_settings
    ADD CONSTRAINT retention_settings_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.accounts(account_id);


--
-- Name: room_memberships room_memberships_account_id_room_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.room_memberships
    ADD CONSTRAINT room_memberships_account_id_room_id_fkey FOREIGN KEY (account_id, room_id) REFERENCES public.rooms(account_id, room_id);


--
-- Name: rooms rooms_account_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.rooms
    ADD CONSTRAINT rooms_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.accounts(account_id);


--
-- Name: user_blocks user_blocks_account_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.user_blocks
    ADD CONSTRAINT user_blocks_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.accounts(account_id);


--
-- Name: user_rows user_rows_account_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.user_rows
    ADD CONSTRAINT user_rows_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.accounts(account_id);


--
-- PostgreSQL database dump complete
--

\unrestrict 0ZbyPTO3DyUFLe3TWX9RaHDRwvCKEYhsLumkyMdBk3AMemsvJDlb5cEEK9JbDpn

