"""Tests of one app; a package, so that rooms of the same name in other apps do not collide."""
