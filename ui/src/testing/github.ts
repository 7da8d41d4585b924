// Sample data of a GitHub: rules, a pull request, a sign-in by code, repositories, a webhook.
import type {
  BranchRulesView,
  GitHubAccountView,
  GitHubRepositories,
  GitHubRepository,
  GitHubSignInEnd,
  GitHubSignInStart,
  ListenerView,
  ProposeEnd,
  PullRequestView,
  WebhookView,
} from "../bindings";
import { NOW, operation } from "./samples";

export function branchRules(over: Partial<BranchRulesView> = {}): BranchRulesView {
  return {
    branch: "main",
    protected: true,
    pullRequestRequired: true,
    requiredChecks: ["lint"],
    signaturesRequired: false,
    linearHistory: false,
    locked: false,
    directPush: "refused",
    sentence: "main takes changes by pull request only, with the check lint passed.",
    ...over,
  };
}

export function pullRequest(over: Partial<PullRequestView> = {}): PullRequestView {
  return {
    number: 12,
    title: "lab-1: ingest 46 objects from wiring.yaml",
    url: "https://github.com/acme/fabrics/pull/12",
    state: "open",
    head: "fgd/lab-1-1a2b3c4d",
    revision: "1a2b3c4d".repeat(5),
    base: "main",
    mergeable: true,
    checks: { state: "pending", passed: ["build"], pending: ["lint"], failed: [] },
    ...over,
  };
}

export const proposed = (over: Partial<ProposeEnd> = {}): ProposeEnd => ({
  operation: operation({ id: "proposed", kind: "propose" }),
  pullRequest: pullRequest(),
  ...over,
});

export const signInCode = (): GitHubSignInStart => ({
  is: "code",
  code: {
    userCode: "WDJB-MJHT",
    verificationUrl: "https://github.com/login/device",
    expires: NOW + 900_000,
  },
});

export const signedIn = (): GitHubSignInEnd => ({
  is: "signedIn",
  login: "ada",
  account: {
    id: "github",
    place: "https://github.com",
    method: "token",
    user: "ada",
    keyFile: null,
    kept: "keychain",
    githubApi: null,
  },
});

export const gitHubAccount = (): GitHubAccountView => ({
  host: "github.com",
  login: "ada",
  name: "Ada Operator",
  scopes: ["repo", "admin:repo_hook"],
  expires: null,
});

export const gitHubRepository = (over: Partial<GitHubRepository> = {}): GitHubRepository => ({
  fullName: "acme/fabrics",
  description: "All of our fabrics",
  url: `https://github.com/${over.fullName ?? "acme/fabrics"}.git`,
  private: true,
  defaultBranch: "main",
  pushed: NOW - 3_600_000,
  ...over,
});

export const gitHubRepositories = (filter = ""): GitHubRepositories => ({
  repositories: ["acme/fabrics", "acme/lab", "ada/notes"]
    .filter((name) => name.includes(filter))
    .map((fullName) => gitHubRepository({ fullName, private: fullName !== "ada/notes" })),
  more: false,
});

export const webhook = (over: Partial<WebhookView> = {}): WebhookView => ({
  url: "https://fgd.example.org/webhook",
  delivered: null,
  problem: null,
  ...over,
});

export const listener = (over: Partial<ListenerView> = {}): ListenerView => ({
  on: false,
  address: "127.0.0.1:9443",
  listening: over.on ? "127.0.0.1:9443" : null,
  error: null,
  ...over,
});
