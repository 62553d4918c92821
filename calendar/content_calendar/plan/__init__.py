"""The plan: SOP rows × dates × tiers become posts with campaign, stage, angle and lane, before anyone writes.

Also what hangs on it: the audience of a post, its brief, the rehearsal. Writes no text and sends nothing.
"""
