#!/usr/bin/python
from ansible_collections.auth.services.plugins.module_utils.services.mediawiki.adapter import MediaWiki
from ansible_collections.auth.services.plugins.module_utils.user_module import run_info_module


def main() -> None:
    run_info_module(MediaWiki)


if __name__ == "__main__":
    main()
