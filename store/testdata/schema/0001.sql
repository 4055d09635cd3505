--
-- PostgreSQL database dump
--

\restrict 1XDfsAjV3WtqfU45Q7Dvoo1XB6gzj7uZUlF17ojTecvmchzJITp3ONBk4GL1Jou

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
-- Name: access_keys; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.access_keys (
    access_key_id text NOT NULL COLLATE pg_catalog."C",
    aws_account_id text NOT NULL COLLATE pg_catalog."C",
    user_name text NOT NULL,
    sealed_secret bytea NOT NULL,
    active boolean NOT NULL,
    created_ms bigint NOT NULL
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
-- Name: schema_version; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.schema_version (
    version bigint NOT NULL
);


--
-- Name: server_secrets; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.server_secrets (
    name text NOT NULL COLLATE pg_catalog."C",
    value bytea NOT NULL
);


--
-- Name: users; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.users (
    account_id text NOT NULL COLLATE pg_catalog."C",
    user_id text NOT NULL COLLATE pg_catalog."C",
    aws_account_id text NOT NULL COLLATE pg_catalog."C",
    email text NOT NULL,
    email_key text NOT NULL COLLATE pg_catalog."C",
    display_name text NOT NULL,
    license text NOT NULL,
    user_type text NOT NULL,
    registration text NOT NULL,
    invitation text NOT NULL,
    invite_id text NOT NULL,
    email_status text NOT NULL,
    personal_pin text NOT NULL,
    phone_number text NOT NULL,
    alexa_enabled boolean NOT NULL,
    alexa_room_arn text NOT NULL,
    inbound_calling boolean NOT NULL,
    outbound_calling boolean NOT NULL,
    sms boolean NOT NULL,
    created_ms bigint NOT NULL,
    registered_ms bigint NOT NULL,
    invited_ms bigint NOT NULL,
    signed_out_ms bigint NOT NULL
);


--
-- Data for Name: access_keys; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.access_keys VALUES ('AKIAEXAMPLE', '111122223333', 'alice', '\x0001ff', true, 50);


--
-- Data for Name: accounts; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.accounts VALUES ('team', '111122223333', 'Ängström', 'ängström', 'Team', 'Active', 'Pro', '', '', false, false, 100);
INSERT INTO public.accounts VALUES ('enterprise', '111122223333', 'Example', 'example', 'EnterpriseDirectory', 'Active', 'Basic', 'd-1', '["one","two"]', true, true, 200);


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

INSERT INTO public.former_users VALUES ('team', 'zoë@example.com', 'left');


--
-- Data for Name: schema_version; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.schema_version VALUES (1);


--
-- Data for Name: server_secrets; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.server_secrets VALUES ('master', '\x736563726574');


--
-- Data for Name: users; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.users VALUES ('enterprise', 'full', '111122223333', 'Jane.Doe@Example.com', 'jane.doe@example.com', 'Jane Doe', 'Pro', 'SharedDevice', 'Registered', 'Accepted', 'i', 'Sent', '1234567890', '+12065550100', true, 'arn', true, true, true, 110, 120, 130, 140);
INSERT INTO public.users VALUES ('team', '1', '111122223333', 'Jürgen@Bücher.example', 'jürgen@bücher.example', '', 'Pro', 'PrivateUser', '', '', '', '', '', '', false, '', false, false, false, 1, 0, 0, 0);
INSERT INTO public.users VALUES ('team', '2', '111122223333', 'Jürgen@bücher.example', 'jürgen@bücher.example', '', 'Pro', 'PrivateUser', '', '', '', '', '', '', false, '', false, false, false, 2, 0, 0, 0);
INSERT INTO public.users VALUES ('team', '3', '111122223333', 'ann​@example.com', 'ann​@example.com', '', 'Pro', 'PrivateUser', '', '', '', '', '', '', false, '', false, false, false, 3, 0, 0, 0);
INSERT INTO public.users VALUES ('team', '4', '111122223333', 'Bob@Example.com.', 'bob@example.com.', '', 'Pro', 'PrivateUser', '', '', '', '', '', '', false, '', false, false, false, 4, 0, 0, 0);
INSERT INTO public.users VALUES ('team', '5', '111122223333', 'bob@example.com', 'bob@example.com', '', 'Pro', 'PrivateUser', '', '', '', '', '', '', false, '', false, false, false, 5, 0, 0, 0);
INSERT INTO public.users VALUES ('team', '6', '111122223333', 'PLAIN@example.com', 'plain@example.com', '', 'Pro', 'PrivateUser', '', '', '', '', '', '', false, '', false, false, false, 6, 0, 0, 0);


--
-- Name: access_keys access_keys_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.access_keys
    ADD CONSTRAINT access_keys_pkey PRIMARY KEY (access_key_id);


--
-- Name: accounts accounts_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.accounts
    ADD CONSTRAINT accounts_pkey PRIMARY KEY (account_id);


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
-- Name: schema_version schema_version_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.schema_version
    ADD CONSTRAINT schema_version_pkey PRIMARY KEY (version);


--
-- Name: server_secrets server_secrets_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.server_secrets
    ADD CONSTRAINT server_secrets_pkey PRIMARY KEY (name);


--
-- Name: users users_email_key_account_id_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.users
    ADD CONSTRAINT users_email_key_account_id_key UNIQUE (email_key, account_id);


--
-- Name: users users_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.users
    ADD CONSTRAINT users_pkey PRIMARY KEY (user_id, account_id);


--
-- Name: accounts_newest; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX accounts_newest ON public.accounts USING btree (aws_account_id, created_ms DESC, account_id DESC);


--
-- Name: domains_of_account; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX domains_of_account ON public.domains USING btree (account_id, domain_name);


--
-- Name: users_in_order; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX users_in_order ON public.users USING btree (account_id, created_ms, user_id);


--
-- Name: users_shared_devices; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX users_shared_devices ON public.users USING btree (account_id, created_ms, user_id) WHERE (user_type = 'SharedDevice'::text);


--
-- Name: former_users former_users_account_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.former_users
    ADD CONSTRAINT former_users_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.accounts(account_id);


--
-- Name: users users_account_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.users
    ADD CONSTRAINT users_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.accounts(account_id);


--
-- PostgreSQL database dump complete
--

\unrestrict 1XDfsAjV3WtqfU45Q7Dvoo1XB6gzj7uZUlF17ojTecvmchzJITp3ONBk4GL1Jou

