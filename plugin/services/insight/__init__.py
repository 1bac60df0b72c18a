"""What was counted, and what may be concluded from it: figures for the merchant."""

from plugin.services.insight.counts import Overview as Overview
from plugin.services.insight.counts import WidgetFigures as WidgetFigures
from plugin.services.insight.counts import count as count
from plugin.services.insight.counts import count_all as count_all
from plugin.services.insight.counts import day_of as day_of
from plugin.services.insight.counts import overview as overview
from plugin.services.insight.counts import refusals as refusals
from plugin.services.insight.counts import refuse as refuse
from plugin.services.insight.earned import ArmSums as ArmSums
from plugin.services.insight.earned import CampaignEarned as CampaignEarned
from plugin.services.insight.earned import CurveDay as CurveDay
from plugin.services.insight.earned import Earned as Earned
from plugin.services.insight.earned import ReadArm as ReadArm
from plugin.services.insight.earned import Reading as Reading
