"""boto3's paginators over every list that pages: the same things as in one answer, in the same order, each once."""

import json

import botocore

# The least size of a page, where it is not 1 (RDS API Reference; AWS Backup for RDS).
LEAST = {"rds": 20, "backup.ListRecoveryPointsByResource": 20}
# How often an operation's lists of more than one item are paged.
OFTEN = 2


class Pages:
    """Pages a list right after it was asked for, while the world is the same."""

    def __init__(self):
        self.wrong = []
        self.most = {}
        self._walked = {}

    def walk(self, client, model, arguments):
        """Asks again, page by page."""
        service = model.service_model.signing_name
        operation = f"{service}.{model.name}"
        paginator = client.get_paginator(botocore.xform_name(model.name))
        limit, tokens = paginator._limit_key, paginator._input_token
        if self._walked.get(operation, 0) >= OFTEN or set(arguments) & {limit, *tokens}:
            return
        size = LEAST.get(operation, LEAST.get(service, 1))
        whole = list(paginator.paginate(**arguments))
        parts = list(paginator.paginate(**arguments, PaginationConfig={"PageSize": size})) if limit else whole
        every, found = items(paginator, whole), items(paginator, parts)
        if found != every:
            self.wrong.append(f"{operation} {arguments}: {len(found)} in {len(parts)} pages, {len(every)} in one answer")
        if limit and size == 1 and len(parts) < len(every):
            self.wrong.append(f"{operation} {arguments}: {len(parts)} pages of one for {len(every)}")
        self.most[operation] = max(self.most.get(operation, 0), len(parts))
        self._walked[operation] = self._walked.get(operation, 0) + (len(every) > 1)


def items(paginator, answers):
    """What lies in the lists of some answers, as texts that can be compared."""
    return [json.dumps(item, default=str, sort_keys=True)
            for key in paginator.result_keys for answer in answers for item in key.search(answer) or []]
