"""Settings of all tests."""

from hypothesis import settings

# How long an example takes says more about the machine than about what is tested.
settings.register_profile("cets", deadline=None)
if settings.get_current_profile_name() == "default":  # the mutants have their own
    settings.load_profile("cets")
