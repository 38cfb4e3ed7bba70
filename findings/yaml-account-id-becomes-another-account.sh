#!/usr/bin/env bash
# Finding: an account id that begins with 0 and is not quoted becomes another account, and not the same one, in
# five tools that read CloudFormation templates.
#
# Guess:     `AWS: 012345670123` in a template is the account 012345670123 in every tool that reads templates, or
#            an error; at worst each tool misreads it in the same way.
# Behaviour: `aws cloudformation package`, cfn-flip and js-yaml-cloudformation-schema read a number in base eight
#            (1402433619); the AWS CDK's CfnInclude and yaml-cfn read the decimal number 12345670123. `package`
#            and cfn-flip write the wrong number into the template that is then deployed. An id with an 8 or a 9
#            in it (098765432109) stays a text in the first three, so trying it with another account shows nothing.
# Versions:  awscli 1.46.3, cfn-flip 1.3.0, js-yaml-cloudformation-schema 1.0.0 (js-yaml 3.15.2), yaml-cfn 0.3.2,
#            aws-cdk-lib 2.276.0.
# Why:       the number stands as a principal in key and vault policies: the wrong account is trusted, or a
#            policy is refused, only for some accounts. Account ids in YAML need quotes.
set -euo pipefail
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT

python3 -m venv "$place/venv"
"$place/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  awscli==1.46.3 botocore==1.44.8 pyyaml==6.0.4 cfn-flip==1.3.0
npm install --prefix "$place" --loglevel=error --no-audit --no-fund --ignore-scripts \
  aws-cdk-lib@2.276.0 constructs@10.8.1 yaml-cfn@0.3.2 js-yaml@3.15.2 js-yaml-cloudformation-schema@1.0.0 >"$place/installed"

cat >"$place/template.yaml" <<'YAML'
Resources:
  Policy:
    Type: AWS::KMS::Key
    Properties:
      KeyPolicy:
        Version: '2012-10-17'
        Statement:
          - Effect: Allow
            Principal:
              AWS: [012345670123, 098765432109]
            Action: kms:Decrypt
            Resource: '*'
YAML

cat >"$place/read.mjs" <<'JAVASCRIPT'
import { createRequire } from "module";
import { readFileSync } from "fs";
const require = createRequire(import.meta.url);
const file = process.argv[2];
const text = readFileSync(file, "utf8");
const show = (name, template) => {
  const { version } = require(`./node_modules/${name.split("/")[0]}/package.json`);
  const read = template.Resources.Policy.Properties.KeyPolicy.Statement[0].Principal.AWS;
  console.log(`${name} ${version}:`, JSON.stringify(read));
};
const { CLOUDFORMATION_SCHEMA } = require("js-yaml-cloudformation-schema");
show("js-yaml-cloudformation-schema", require("js-yaml").safeLoad(text, { schema: CLOUDFORMATION_SCHEMA }));
show("yaml-cfn", require("yaml-cfn").yamlParse(text));
const { App, Stack } = require("aws-cdk-lib");
const { CfnInclude } = require("aws-cdk-lib/cloudformation-include");
const app = new App();
new CfnInclude(new Stack(app, "Stack"), "Included", { templateFile: file });
show("aws-cdk-lib/cloudformation-include", app.synth().getStackByName("Stack").template);
JAVASCRIPT

export AWS_ACCESS_KEY_ID=none AWS_SECRET_ACCESS_KEY=none AWS_DEFAULT_REGION=us-east-1
{
  "$place/venv/bin/aws" --version 2>&1 | cut -d' ' -f1
  "$place/venv/bin/aws" cloudformation package --template-file "$place/template.yaml" --s3-bucket unused \
    --output-template-file "$place/packaged.yaml" >/dev/null
  grep -A2 'AWS:$' "$place/packaged.yaml" | tail -2
  "$place/venv/bin/python" -c 'from importlib.metadata import version; print("cfn-flip", version("cfn-flip"))'
  "$place/venv/bin/cfn-flip" -y -n "$place/template.yaml" | grep -A2 'AWS:$' | tail -2
  node --no-warnings "$place/read.mjs" "$place/template.yaml"
} | tee "$place/seen"

diff "$place/seen" - <<'EXPECTED' || { echo "the behaviour has changed" >&2; exit 1; }
aws-cli/1.46.3
            - 1402433619
            - 098765432109
cfn-flip 1.3.0
                - 1402433619
                - '098765432109'
js-yaml-cloudformation-schema 1.0.0: [1402433619,"098765432109"]
yaml-cfn 0.3.2: [12345670123,98765432109]
aws-cdk-lib/cloudformation-include 2.276.0: [12345670123,98765432109]
EXPECTED
echo "as found"
